"""What the form of a question sends."""

from __future__ import annotations

from django.http import HttpRequest

from mooc.lib.text.digits import whole_number, whole_numbers


def chosen(request: HttpRequest) -> list[int]:
    """Ids of the answers that were tapped."""
    return whole_numbers(request.POST.getlist("choice")[:20])


def edition(request: HttpRequest) -> int | None:
    """The edition of the question that the page showed; nothing from a page that did not say."""
    return whole_number(request.POST.get("edition"), 6)
