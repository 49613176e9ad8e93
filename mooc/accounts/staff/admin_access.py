"""Who may do what in the admin: trainers with their own rows, operators with all."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Model, ProtectedError, QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from mooc.accounts.rights import Right
from mooc.lib.privacy.keeping import ties

from .forms.forms import DeskForm, Uncut


class KeepsHistory(admin.ModelAdmin):
    """Mixin of admins: what people have learnt from, joined or written is not deleted by a click.

    The page that asks "are you sure" names what hangs on the row and what to do instead, and deletes nothing.
    """

    instead: Any = _("It can be changed, but not deleted.")  # what to do with a row that may not be deleted
    delete_confirmation_template: ClassVar = "admin/kept/one.html"
    delete_selected_confirmation_template: ClassVar = "admin/kept/several.html"

    def ties(self, rows: QuerySet[Any]) -> dict[str, int]:
        """Name of what hangs on these rows → how many. Empty: they may go."""
        return ties(rows)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Refuse with the list of what hangs on them; Django deletes nothing then."""
        rows = self.model._base_manager.filter(pk__in=[row.pk for row in objs])
        if found := self.ties(rows):
            kept = [_("%(what)s: %(n)s") % {"what": name, "n": count} for name, count in found.items()]
            return [], {}, set(), [*kept, str(self.instead)]  # the last line is a sentence of its own
        return super().get_deleted_objects(objs, request)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """Somebody joined or answered between the look and the click: the database refuses, and so do we."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except ProtectedError:
            messages.error(request, _("Meanwhile somebody has used it. Nothing was deleted."))
            return HttpResponseRedirect(request.get_full_path())


def rows_of(model: Any, request: HttpRequest) -> QuerySet[Any]:
    """The rows of a model that whoever works here may see, by its ``visible_to``."""
    rows: QuerySet[Any] = model.objects.visible_to(request.user)
    return rows


class OwnRows(KeepsHistory, DeskForm):
    """Mixin of admins: rows by ``visible_to``; whoever has the right it ``needs`` may edit those.

    ``own_path``/``own_model`` reach rows through another model's ``visible_to``; ``own_fields`` limits
    the choices of foreign keys to rows of one's own. ``ticks`` are many-to-many fields shown as boxes to
    tick: the words of Django's two lists with arrows are not in its Chinese catalogue. ``labels`` name
    fields whose column has no name for people. ``nothing`` is what an empty list says.
    """

    own_path = ""
    own_model: Any = None
    own_fields: dict[str, type[Model]] = {}
    needs = Right.WRITE_COURSES
    ticks: tuple[str, ...] = ()
    labels: dict[str, Any] = {}
    nothing: Any = ""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Boxes to tick, and names for people."""
        if db_field.name in self.ticks:
            kwargs["widget"] = CheckboxSelectMultiple
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name in self.ticks:
            field.widget.can_add_related = False
        if field and db_field.name in self.labels:
            field.label = self.labels[db_field.name]
        return field

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Own rows only, so that another's is "not there"."""
        rows: QuerySet[Any] = super().get_queryset(request)
        if self.own_model is None:
            return rows.filter(pk__in=rows_of(self.model, request))
        return rows.filter(**{self.own_path: rows_of(self.own_model, request)})

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Choices among own rows."""
        if db_field.name in self.own_fields:
            kwargs["queryset"] = rows_of(self.own_fields[db_field.name], request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _may(self, request: HttpRequest, obj: Any = None) -> bool:
        if not request.user.is_active or not request.user.may(self.needs):
            return False
        return obj is None or self.get_queryset(request).filter(pk=obj.pk).exists()

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the app is on the front page."""
        return self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Own rows."""
        return self._may(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Own rows."""
        return self._may(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may edit may add."""
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Own rows."""
        return self._may(request, obj)


class OwnInline(Uncut):
    """Mixin of inlines below an ``OwnRows`` admin: whoever may open the parent may edit its parts."""

    needs = Right.WRITE_COURSES

    def _may(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.may(self.needs))

    has_view_permission = has_change_permission = has_add_permission = has_delete_permission = _may
