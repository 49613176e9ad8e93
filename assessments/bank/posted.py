"""What the form of a question sends."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict

from mooc.lib.text.digits import whole_number

MOST, LONGEST = 20, 40  # values in one answer, letters in a value; more is none


def choice(fields: QueryDict) -> list[str]:
    """The values of the fields named ``choice``, in their order."""
    return [text for text in fields.getlist("choice")[:MOST] if len(text) <= LONGEST]


def edition(request: HttpRequest) -> int | None:
    """The edition of the question that the page showed; nothing from a page that did not say."""
    return whole_number(request.POST.get("edition"), 6)
