"""The operator's pages of places: moving and recoding on the form, merging on a page of its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mooc.lib.errors import DomainError

from ..models import Region
from ..staff.admin_access import KeepsHistory
from ..staff.forms.forms import DeskForm
from . import moving


class RegionForm(forms.ModelForm):
    """A place; for one that is there already, code and parent are where it is to stand."""

    class Meta:
        model = Region
        fields = ["code", "parent", "level", "name_zh", "name_en"]

    def clean(self) -> dict[str, Any]:
        """Where it cannot stand is said beside the field, before anything is saved."""
        data: dict[str, Any] = super().clean() or {}
        if self.instance.pk and "code" in data and "parent" in data:
            here = Region.objects.get(pk=self.instance.pk)
            there = data["parent"]
            if (here.code, here.parent_id) != (data["code"], there.pk if there else None):
                try:
                    moving.check(here, there, data["code"])
                except DomainError as error:
                    self.add_error(error.field or None, str(error))
        return data


class MergeForm(forms.Form):
    """The place that takes the other in: those of the same level, as autocompletion finds them."""

    into = forms.CharField(label=gettext_lazy("Code of the place that stays"), max_length=12)

    def __init__(self, *args: Any, source: Region, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source = source
        self.fields["into"].widget.attrs |= {"autocomplete": "off", "inputmode": "numeric", "class": "in"}

    def clean_into(self) -> Region:
        """A place of the same level, by its code."""
        found = Region.objects.coded(self.cleaned_data["into"].strip()).first()
        if found is None:
            raise forms.ValidationError(_("No place has this code."))
        if found.pk == self.source.pk or found.level != self.source.level:
            raise forms.ValidationError(_("Choose another place of the same level."))
        return found


@admin.register(Region)
class RegionAdmin(KeepsHistory, DeskForm, admin.ModelAdmin):
    """The region tree."""

    form = RegionForm
    change_form_template = "admin/accounts/region/change_form.html"
    list_display = ["code", "name_zh", "name_en", "level"]
    list_filter = ["level"]
    search_fields = ["code", "name_zh", "name_en", "old_codes__code"]
    autocomplete_fields = ["parent"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A place that is there keeps its level."""
        return ["level"] if obj else []

    def get_urls(self) -> list[Any]:
        """And the page for merging."""
        merge = self.admin_site.admin_view(self.merge_view)
        return [path("<int:pk>/merge/", merge, name="accounts_region_merge"), *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Where a place stands is changed by the one service, its names by saving it."""
        if change:
            moved = moving.relocate(region=obj, parent=obj.parent, code=obj.code, by=request.user)
            if moved:
                messages.info(request, _("Places moved with it: %(n)s.") % {"n": moved - 1})
        super().save_model(request, obj, form, change)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """With what hangs on the place in view: whoever moves it sees what follows."""
        region = self.get_object(request, object_id)
        extra = extra_context or {}
        if region:
            extra |= {"hanging": moving.hanging(region), "old_codes": list(region.old_codes.all())}
        return super().change_view(request, object_id, form_url, extra)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Says so when places stand wrong."""
        wrong = moving.crooked().count()
        if wrong:
            text = _(
                "%(n)s places do not stand where their parent says. Run: manage.py check_places --repair"
            )
            messages.warning(request, text % {"n": wrong})
        return super().changelist_view(request, extra_context)

    def merge_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Choose the place that stays, look at what goes there, and merge."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        source = get_object_or_404(Region, pk=pk)
        form = MergeForm(request.POST or None, source=source)
        into = form.cleaned_data["into"] if form.is_bound and form.is_valid() else None
        if into and "sure" in request.POST:
            try:
                moving.merge(source=source, into=into, by=request.user)
            except DomainError as error:
                form.add_error("into", str(error))
            else:
                self.log_change(request, into, [{"changed": {"fields": ["merge", source.code]}}])
                text = _("%(gone)s is part of %(kept)s now. Its code %(code)s still leads there.")
                messages.success(request, text % {"gone": source, "kept": into, "code": source.code})
                return redirect(reverse("admin:accounts_region_change", args=[into.pk]))
        context = self.admin_site.each_context(request) | {
            "title": _("Merge a place into another"),
            "source": source,
            "form": form,
            "into": into,
            "hanging": moving.hanging(source),
            "opts": self.model._meta,
        }
        return render(request, "admin/accounts/region/merge.html", context)
