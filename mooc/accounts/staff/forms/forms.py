"""The mixins of every form of the desk."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.forms import CharField
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from mooc.lib.pages.request import fixed, on, show
from mooc.lib.text import names
from mooc.lib.text.digits import whole_number

from .. import once
from . import meanwhile, seen, typed

TOO_LONG = gettext_lazy(
    "That is %(show_value)s letters, %(limit_value)s at most. Nothing was cut: shorten it, or make two of it."
)
BOTH = gettext_lazy(
    "Nothing is saved yet. Below stands what you typed, together with what was changed; where both of you wrote "
    "in the same box, the other's words stand above it. Look at it, then save."
)
HELD = "held"


@dataclass(slots=True)
class Held:
    """Why a form of this request is not saved as it came, in words, and what the other wrote, box by box."""

    words: str = ""
    clashes: dict[str, list[str]] = dataclasses.field(default_factory=dict)


class Uncut(InlineModelAdmin):
    """Mixin of inlines: a text that is too long is refused with a sentence, and stands again.

    Django's boxes cut what is pasted at the limit, without a word.
    """

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """With boxes that take all."""
        formset = super().get_formset(request, obj, **kwargs)
        _uncut(formset.form)
        return formset


def _uncut(form: Any) -> Any:
    """The boxes take all that is typed; the check says what is too much. A name has letters that can be seen."""
    for name, field in form.base_fields.items():
        if name in names.TITLES and names.validate not in field.validators:
            field.validators = [*field.validators, names.validate]
        if isinstance(field, CharField):
            field.widget.attrs.pop("maxlength", None)
            field.error_messages["max_length"] = TOO_LONG
    return form


if TYPE_CHECKING:

    class _Admin(ModelAdmin):
        """What Django's has and its types leave out."""

        def _create_formsets(self, request: HttpRequest, obj: Any, change: bool) -> tuple[list[Any], Any]: ...
else:
    _Admin = ModelAdmin


class DeskForm(_Admin):
    """Mixin of admins: nothing typed is cut, lost, or undone by a second person at the same form.

    ``two_hands = False``: the form has a way of its own for two people.
    """

    two_hands = True

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """A form that is held back is refused with the reason, whatever is in it."""
        form = _uncut(super().get_form(request, obj, change=change, **kwargs))
        check = form.clean

        def clean(self: Any) -> Any:
            data = check(self)
            if words := on(request, Held).words:
                self.add_error(None, ValidationError(words, code=HELD))
            return data

        form.clean = clean  # the class was made for this request
        return form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """With what was typed before signing in again, and with what others have changed meanwhile."""
        if request.method == "POST":
            _unix_lines(request)
        with transaction.atomic():
            if request.method == "GET" and typed.NAME in request.GET:
                on(request, Held).words = typed.stand_again(request)
            if request.method == "POST" and object_id and self.two_hands:
                mark = seen.read(request.POST.get(seen.FIELD, ""))
                obj = self._locked(request, object_id) if mark else None
                if mark and obj is None:
                    return typed.page(request, status=409, gone=True)
                if mark:
                    self._bring_in(request, obj, mark[1], mark[2])
            if request.method == "POST" and not object_id:
                view = super().changeform_view
                return _made(request, lambda: view(request, None, form_url, extra_context))
            page: HttpResponse = super().changeform_view(request, object_id, form_url, extra_context)
            return page

    def _locked(self, request: HttpRequest, object_id: str) -> Any:
        """The row, held until this form is saved: a third cannot come between looking and saving."""
        pk = whole_number(unquote(object_id))
        if pk is None:
            return None
        self.model._base_manager.select_for_update().filter(pk=pk).first()
        return self.get_object(request, str(pk))

    def _bring_in(self, request: HttpRequest, obj: Any, language: str, marks: meanwhile.Marks) -> None:
        with override(language):  # dates are written as they were when the form was opened
            form, formsets = self._as_stored(request, obj)
            now = seen.rows_of(form, formsets)
        found = meanwhile.merge(request.POST, request.FILES, marks, now, formsets)
        if found is None:
            return
        found.data[seen.FIELD] = seen.sign(request.user, now)
        show(request, found.data, found.files)
        held = on(request, Held)
        held.clashes = found.clashes
        words = meanwhile.whose_change(obj, request.user)
        held.words = " ".join(filter(None, (held.words, words, str(BOTH))))

    def _as_stored(self, request: HttpRequest, obj: Any) -> tuple[Any, list[Any]]:
        """The forms as somebody opening the page now would see them."""
        quiet = copy.copy(request)
        quiet.method = "GET"
        fields = flatten_fieldsets(self.get_fieldsets(quiet, obj))
        form = self.get_form(quiet, obj, change=True, fields=fields)(instance=obj)
        return form, self._create_formsets(quiet, obj, change=True)[0]

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """With the marks of what is seen, with the other's words where both wrote."""
        form = context["adminform"].form
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        sent = request.POST.get(seen.FIELD, "")
        rows = (
            seen.rows_of(form, formsets) if kwargs.get("obj") and self.two_hands and not form.is_bound else {}
        )
        context["seen"] = sent if form.is_bound and sent else seen.sign(request.user, rows)
        context["once"] = "" if kwargs.get("obj") else once.number(request)
        held = on(request, Held)
        if held.words:
            forms = [form, *(row for rows in formsets for row in rows)]
            context |= {
                "held": held.words,
                "errors": context["errors"] if _mistakes(forms, formsets) else None,
            }
            _say_clashes(held.clashes, forms)
        page: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return page


def _made(request: HttpRequest, make: Callable[[], HttpResponse]) -> HttpResponse:
    """Made once. Somebody else took the code or address in the same moment: looked at again, the form says so."""
    try:
        with transaction.atomic():
            return once.make_once(request, make)
    except IntegrityError:
        for _box, files in request.FILES.lists():
            for file in files:
                file.seek(0)
        return once.make_once(request, make)


def _unix_lines(request: HttpRequest) -> None:
    """Browsers send a line end as two signs: a text that was only looked at would count as changed."""
    fields = request.POST.lists()
    request.POST = fixed((name, [str(v).replace("\r\n", "\n") for v in values]) for name, values in fields)


def _mistakes(forms: list[Any], formsets: list[Any]) -> bool:
    """Whether something is wrong besides; the reason itself stands in a box of its own."""
    top = forms[0].errors.get(NON_FIELD_ERRORS)
    if top is not None:
        top.data = [error for error in top.data if error.code != HELD]
    found = [error for form in forms for errors in form.errors.as_data().values() for error in errors]
    return bool(found or any(rows.non_form_errors() for rows in formsets))


def _say_clashes(clashes: dict[str, list[str]], forms: list[Any]) -> None:
    for form in forms:
        for name in form.fields:
            if (key := form.add_prefix(name)) in clashes:
                words = _("Now stands here: “%(text)s”. Below: what you typed.")
                form.add_error(name, words % {"text": _value_text(form[name], clashes[key])})


def _value_text(box: Any, values: list[str]) -> str:
    """Words instead of the numbers of a choice."""
    choices = getattr(box.field, "choices", ())
    words = {str(value): str(label) for value, label in choices if not isinstance(label, (list, tuple))}
    return ", ".join(words.get(value, value) for value in values)
