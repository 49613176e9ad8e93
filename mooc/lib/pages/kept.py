"""A page that answers a form can be looked at again: in the other language, in larger letters, on a reload.

The switches in the header are links. On a page that answered a POST they lead by GET to the page the form
belongs to, with ``?kept=<name>``. Under that random name the cache holds, for half an hour, what was typed
and why it was refused, or the whole answer where there was no form. Nothing is posted again and nothing is
checked again, so looking has no effect. Passwords and codes are never kept. Only the account that posted
it finds it (a guest: whoever has the name). When the cache has lost it, the form stands there empty.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from django import forms
from django.core.cache import cache
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect, render
from django.urls import reverse

from ..marks import marked
from .request import on, ours

MINUTES = 30
NAME, FORM = "kept", "form"  # parameters of an address
NEVER = frozenset({"csrfmiddlewaretoken", "code", "otp", "phone_name"})
MOST, MOST_OF_GUEST = 120_000, 20_000  # signs of an encoded body, nine a Chinese character: more is not kept
View = Callable[..., HttpResponse]
AForm = TypeVar("AForm", bound=forms.BaseForm)


@dataclass(slots=True)
class Kept:
    """What one POST left: the fields, the errors of each form, and what the view noted or answered."""

    owner: str = ""
    typed: str = ""
    errors: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
    page: tuple[str, dict[str, Any]] | None = None

    @property
    def data(self) -> QueryDict:
        """The fields as they were posted, without secrets."""
        return QueryDict(self.typed)


@dataclass(slots=True)
class _State:
    """What one request knows of it."""

    draft: Kept = field(default_factory=Kept)
    forms: dict[str, forms.BaseForm] = field(default_factory=dict)
    name: str = ""  # under which the draft was stored
    asked: bool = False
    found: Kept | None = None


def answers_form_of(page: str, takes: Sequence[str] | None = None) -> Callable[[View], View]:
    """For a view that takes POST only: asked by GET it leads to ``page``, where its form stands.

    :param page: the name of an address with the view's own arguments, like ``feedback:question``.
    :param takes: those of the arguments it takes, where it does not take them all.
    """

    def form_of(kwargs: Mapping[str, Any]) -> str:
        return reverse(page, kwargs={k: v for k, v in kwargs.items() if takes is None or k in takes})

    def decorate(view: View) -> View:
        @marked(form_page=form_of)  # read by form_page below
        @wraps(view)
        def serve(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method in ("GET", "HEAD"):
                query = request.GET.urlencode()
                return redirect(form_of(kwargs) + (f"?{query}" if query else ""))
            if request.method != "POST":
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
            return view(request, *args, **kwargs)

        return serve

    return decorate


def form_page(request: HttpRequest) -> str:
    """The page a POST came from, as far as the address says: its own, or the one the view names."""
    match = request.resolver_match
    page = getattr(match.func, "form_page", None) if match else None
    return str(page(match.kwargs)) if match and page else request.path


def again(request: HttpRequest) -> str:
    """Where the switches of a page lead back to: the same page by GET, with what was typed and said."""
    if request.method != "POST":
        return ours(request).known_path or request.get_full_path()
    if request.path.startswith("/admin/"):  # the desk has no switches, and keeps its own
        return request.get_full_path()
    query = request.GET.copy()
    for name in ("next", "lesson"):
        if value := _body(request).get(name):
            query[name] = value[:300]
    query[NAME] = _keep(request)
    return f"{form_page(request)}?{query.urlencode()}"


def bind(request: HttpRequest, kind: type[AForm], **options: Any) -> AForm:
    """A form of a page: with what was posted just now, or before and with the same errors, or empty."""
    if request.method == "POST":
        form = kind(request.POST, **options)
        _draft(request).errors[kind.__name__] = {}
        _state(request).forms[kind.__name__] = form
        return form
    kept = of(request)
    if kept is None or kind.__name__ not in kept.errors:
        return kind(None, **options)
    form = kind(kept.data, **options)
    form.errors.clear()  # checked when it was posted; a password that is not kept is no error
    for name, found in kept.errors[kind.__name__].items():
        for error in found:
            form.add_error(name if name in form.fields else None, error)
    return form


def posted(request: HttpRequest) -> QueryDict:
    """What was typed: posted just now, or before."""
    if request.method == "POST":
        return request.POST
    kept = of(request)
    return kept.data if kept else QueryDict()


def status(request: HttpRequest, form: forms.BaseForm) -> int:
    """400 for a form that is refused now; looking at it again is an ordinary page."""
    return 400 if request.method == "POST" and form.errors else 200


def note(request: HttpRequest, **values: Any) -> None:
    """Remember what the answer to a POST says beside its forms; lazily translated sentences stay lazy."""
    if request.method == "POST":
        _draft(request).notes.update(values)


def noted(request: HttpRequest, name: str) -> Any:
    """What :func:`note` remembered for this page; ``None`` when there is nothing."""
    kept = of(request)
    return kept.notes.get(name) if kept else None


def answer(
    request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """Answer a POST with a page that has no form to fill: it can be looked at again as it is.

    :param context: plain values and rows, which are stored.
    """
    if request.method == "POST":
        _draft(request).page = (template, dict(context))
    return render(request, template, dict(context), status=status)


def shown_again(request: HttpRequest) -> HttpResponse | None:
    """The answer that :func:`answer` gave, for the GET that comes from its switches."""
    kept = None if FORM in request.GET else of(request)
    return render(request, *kept.page) if kept and kept.page else None


def form_again(request: HttpRequest) -> str:
    """Where a page without a form ("too long open", "that did not work") leads back to what was typed."""
    return f"{again(request)}&{FORM}=1" if request.method == "POST" or of(request) else "/"


def of(request: HttpRequest) -> Kept | None:
    """What an earlier POST of this browser left for the page that is asked for."""
    name = request.GET.get(NAME, "") if request.method in ("GET", "HEAD") else ""
    if not name:
        return None
    state = _state(request)
    if not state.asked:
        found = cache.get(_key(name))
        state.asked = True
        state.found = found if isinstance(found, Kept) and found.owner == _owner(request) else None
    return state.found


def _keep(request: HttpRequest) -> str:
    """Store it under a name of its own; asked again, the same name."""
    state, draft = _state(request), _draft(request)
    if state.name:
        return state.name
    typed = _body(request).copy()
    for secret in [key for key in typed if key in NEVER or "password" in key]:
        del typed[secret]
    draft.owner, draft.typed = _owner(request), typed.urlencode()
    if len(draft.typed) > (MOST if draft.owner else MOST_OF_GUEST):
        draft.typed = ""
    for kind, form in state.forms.items():
        draft.errors[kind] = {key: list(found) for key, found in form.errors.as_data().items()}
    state.name = secrets.token_urlsafe(16)
    cache.set(_key(state.name), draft, MINUTES * 60)
    return state.name


def _body(request: HttpRequest) -> QueryDict:
    """What was posted; nothing where it cannot be read, which is what the page is about then."""
    try:
        return request.POST
    except (SuspiciousOperation, UnreadablePostError, MultiPartParserError):
        return QueryDict()


def _draft(request: HttpRequest) -> Kept:
    return _state(request).draft


def _state(request: HttpRequest) -> _State:
    return on(request, _State)


def _owner(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    return str(user.pk) if user is not None and user.is_authenticated else ""


def _key(name: str) -> str:
    return f"kept:{name[:40]}"
