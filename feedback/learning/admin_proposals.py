"""Possible new themes: a person looks at a group, unticks what does not belong, and names it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from mooc.accounts.sign_in.who import signed_in
from mooc.accounts.staff.admin_access import OwnRows
from mooc.lib.errors import DomainError
from mooc.lib.fields import field
from mooc.lib.queue import later
from mooc.lib.text import names

from .. import tasks
from ..models import Question, Theme, ThemeProposal
from . import discovery


class NamingForm(forms.ModelForm):
    """A new name in both languages, or a theme there is; and which questions belong."""

    name_zh = forms.CharField(
        label=_("name (Chinese)"), max_length=40, required=False, validators=[names.validate]
    )
    name_en = forms.CharField(
        label=_("name (English)"), max_length=60, required=False, validators=[names.validate]
    )
    theme = forms.ModelChoiceField(
        Theme.objects.all(), label=_("or one there is"), required=False, empty_label=_("a new theme")
    )
    belong = forms.ModelMultipleChoiceField(
        Question.objects.none(), label=_("these belong"), widget=forms.CheckboxSelectMultiple
    )
    request: HttpRequest

    class Meta:
        model = ThemeProposal
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Question.objects.visible_to(self.request.user).defer("vector")
        rows = mine.filter(pk__in=self.instance.questions.values("pk"), merged_into=None)
        field(self, "belong", forms.ModelChoiceField).queryset = rows
        self.initial["belong"] = [row.pk for row in rows]


@admin.register(ThemeProposal)
class ThemeProposalAdmin(OwnRows, admin.ModelAdmin):
    """What the nightly search found."""

    form = NamingForm
    list_display = ["words", "many", "examples", "created_at"]
    fields = ["name_zh", "name_en", "theme", "belong"]

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the questions this trainer may read."""
        mine = Question.objects.visible_to(request.user).only("pk", "text")
        return super().get_queryset(request).prefetch_related(Prefetch("questions", mine, "readable"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The search finds them."""
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form knows who names."""
        kwargs["fields"] = []
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.request = request
        return form

    def save_model(self, request: HttpRequest, obj: ThemeProposal, form: Any, change: bool) -> None:
        """Naming is one service."""
        data = form.cleaned_data
        try:
            named = discovery.name_theme(
                proposal=ThemeProposal.objects.get(pk=obj.pk), questions=data["belong"], theme=data["theme"],
                name_zh=data["name_zh"], name_en=data["name_en"], by=signed_in(request),
            )  # fmt: skip
        except (DomainError, ThemeProposal.DoesNotExist) as error:
            messages.error(request, str(error))
            return
        later(tasks.retrain_if_due)
        messages.success(
            request,
            _("“%(theme)s” has these questions now. The question engine learns it.") % {"theme": named},
        )

    def response_change(self, request: HttpRequest, obj: ThemeProposal) -> HttpResponse:
        """The form again while it is not named, else the list."""
        left = ThemeProposal.objects.filter(pk=obj.pk).exists()
        return redirect("." if left else "../../")

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The history of themes and questions says it; the proposal is gone."""
        return None

    @admin.display(description=_("questions"))
    def many(self, proposal: Any) -> int:
        """How many questions of it this trainer may read."""
        return len(proposal.readable)

    @admin.display(description=_("such as"))
    def examples(self, proposal: Any) -> str:
        """The most central ones of these."""
        texts = {row.pk: row.text for row in proposal.readable}
        return " / ".join(texts[pk][:60] for pk in proposal.central if pk in texts)
