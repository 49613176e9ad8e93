"""What somebody had before the eyes when a form of the desk was opened: a mark of every box, signed.

The marks are compared when the form comes back. A box whose mark has changed was changed by somebody else
meanwhile; a box that was sent as it was seen was not touched by whoever sends it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django.core import signing
from django.forms import BaseForm, CheckboxInput, FileInput
from django.utils.translation import get_language

FIELD = "_seen"
SALT = "desk.seen"
Row = dict[str, list[str]]  # field → what a browser sends of it
Rows = dict[str, Row]  # "" for the form itself, "prefix/pk" for a row below it


def rows_of(form: BaseForm, formsets: Iterable[Any]) -> Rows:
    """What a browser would send of forms as they stand in the database."""
    found = {"": _row(form, ())}
    for formset in formsets:
        own = (formset.model._meta.pk.name, formset.fk.name, "DELETE")
        for row in formset.initial_forms:
            found[f"{formset.prefix}/{row.instance.pk}"] = _row(row, own)
    return found


def _row(form: BaseForm, leave: tuple[str, ...]) -> Row:
    return {
        name: _sent(field.widget, form[name].html_name, form[name].value())
        for name, field in form.fields.items()
        if name not in leave and not isinstance(field.widget, FileInput) and not field.disabled
    }


def _sent(widget: Any, name: str, value: Any) -> list[str]:
    widget = getattr(widget, "widget", widget)  # Django's wrapper with "add another"
    if isinstance(widget, CheckboxInput):
        return ["on"] if widget.check_test(value) else []
    context = widget.get_context(name, value, {})["widget"]
    if "subwidgets" in context:
        return [str(part["value"]) for part in context["subwidgets"] if part.get("value") is not None]
    found = context["value"]
    return [str(one) for one in (found if isinstance(found, list) else [found]) if one is not None]


def mark(values: Iterable[str]) -> str:
    """The same for what a browser sends with other line ends, or with space around it."""
    plain = (value.replace("\r\n", "\n").strip() for value in values)
    return hashlib.sha256("\x1f".join(value for value in plain if value).encode()).hexdigest()[:8]


def sign(user: Any, rows: Rows) -> str:
    """For the hidden field of a form: who opened it, in which language, and the marks."""
    marks = {key: {name: mark(values) for name, values in row.items()} for key, row in rows.items()}
    return signing.dumps([str(user.pk), get_language(), marks], salt=SALT, compress=True)


def read(text: str) -> tuple[str, str, dict[str, dict[str, str]]] | None:
    """Who, language and marks; ``None`` when it is not ours."""
    try:
        who, language, marks = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    return who, language, marks
