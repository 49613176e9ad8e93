"""What was typed on the desk outlives the session: it is kept for its writer and stands again after sign-in.

A form that comes without a session, or with a token of another one, is not saved. What was typed is kept
for a day in the cache, for the person whose signed mark the form carries (:mod:`.seen`), shown at once on
the page that says so, and put into the form again for that person only. Nothing is saved without a tap.
"""

from __future__ import annotations

import re
import secrets
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from mooc.lib.pages.request import show
from mooc.lib.text.digits import whole_number

from . import seen

NAME = "typed"  # parameter of an address
SECONDS = 24 * 3600
MOST = 1_000_000  # signs of an encoded form
_MACHINE = re.compile(
    r"^(_.*|csrfmiddlewaretoken|.*-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS|.*__prefix__.*|(.*-)?kind|seen)$"
)


def refused(request: HttpRequest) -> HttpResponse | None:
    """The answer to a form of the desk that was not taken; ``None`` when it is none of ours."""
    mark = seen.read(request.POST.get(seen.FIELD, "")) if request.path.startswith("/admin/") else None
    if mark is None:
        return None
    address = f"{request.path}?{_query(request, _keep(request, mark[0]))}"
    if str(request.user.pk) == mark[0]:
        return redirect(address)
    return page(request, next=urlencode({"next": address}), other=request.user.is_authenticated)


def page(request: HttpRequest, status: int = 401, **context: Any) -> HttpResponse:
    """All that was typed, to be read and copied, and the way on."""
    texts = [
        text
        for name in request.POST
        if not _MACHINE.match(name) and "password" not in name
        for text in request.POST.getlist(name)
        if len(text.strip()) > 1 and whole_number(text) is None and text != "on"  # a box that was ticked
    ]
    context |= {"texts": texts, "had_files": bool(request.FILES)}
    return render(request, "errors/typed.html", context, status=status)


def _query(request: HttpRequest, token: str) -> str:
    query = request.GET.copy()
    query[NAME] = token
    return query.urlencode()


def _keep(request: HttpRequest, owner: str) -> str:
    token, typed = secrets.token_urlsafe(12), request.POST.copy()
    for name in [name for name in typed if "password" in name]:
        del typed[name]
    body = typed.urlencode()
    if len(body) <= MOST:
        cache.set(f"typed:{token}", (owner, request.path, body, bool(request.FILES)), SECONDS)
    return token


def stand_again(request: HttpRequest) -> str:
    """Put what was kept into the request, as if it were sent now. Returns what to say; empty for nothing kept."""
    found = cache.get(f"typed:{request.GET.get(NAME, '')[:40]}")
    if not found or found[:2] != (str(request.user.pk), request.path):
        return ""
    request.method = "POST"  # shown, never saved
    show(request, QueryDict(found[2]), MultiValueDict())
    words = _("Here is what you typed before. It is not saved yet: look at it, then save.")
    again = _("A picture has to be chosen again.")
    return f"{words} {again}" if found[3] else words
