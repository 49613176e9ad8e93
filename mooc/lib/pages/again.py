"""What was typed stands again: a form that was refused for its token, or for want of signing in, is shown
once more with everything in it, to be sent by one tap. Nothing of it is kept on the server.

Only for what a page of ours sent: a foreign page must not get its fields into a form with a fresh token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .http import from_here

TOKEN = "csrfmiddlewaretoken"  # noqa: S105  # the name of a field
MACHINE = re.compile(r"[!-~]{0,200}", re.ASCII)  # ids, numbers, addresses: nothing a person would look for
WORDS = frozenset({"text", "note", "answer", "name", "title"})


@dataclass(frozen=True, slots=True)
class Field:
    """One value that was sent."""

    name: str
    value: str

    @property
    def typed(self) -> bool:
        """Whether it is words of a person, to be seen; the rest goes along unseen."""
        return bool(self.value.strip()) and (self.name in WORDS or not MACHINE.fullmatch(self.value))


def fields_of(request: HttpRequest) -> list[Field]:
    """What was sent, but the token."""
    return [Field(name, value) for name, values in request.POST.lists() for value in values if name != TOKEN]


def can_stand(request: HttpRequest) -> bool:
    """Whether a refused form may be shown again: ours, with something in it, and without a password."""
    if request.method != "POST" or not from_here(request):
        return False
    names = set(request.POST) - {TOKEN}
    return bool(names) and not any("password" in name or name in ("code", "otp") for name in names)


def page(request: HttpRequest, *, signed_out: bool = False, status: int = 400) -> HttpResponse:
    """The refused form, with everything that was typed, a fresh token, and a button "send it now".

    Chosen files cannot be put back by a server: each has its field again.

    :param signed_out: it needs signing in first, on a page of its own.
    """
    context = {
        "fields": fields_of(request),
        "files": list(request.FILES),
        "action": request.get_full_path(),
        "signed_out": signed_out,
    }
    return render(request, "errors/again.html", context, status=status)
