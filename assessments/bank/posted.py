"""What the form of a question sends."""

from __future__ import annotations

from django.http import HttpRequest


def chosen(request: HttpRequest) -> list[int]:
    """Ids of the answers that were tapped."""
    return [int(text) for text in request.POST.getlist("choice")[:20] if _is_number(text, 11)]


def edition(request: HttpRequest) -> int | None:
    """The edition of the question that the page showed; nothing from a page that did not say."""
    text = request.POST.get("edition", "")
    return int(text) if _is_number(text, 6) else None


def _is_number(text: str, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= most
