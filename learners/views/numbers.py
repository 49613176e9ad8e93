"""A changed or lost number: a helper writes down the new one, for people of the own region."""

from __future__ import annotations

from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from mooc.accounts import services as accounts
from mooc.accounts import tasks
from mooc.accounts.data import Role
from mooc.accounts.forms import PhoneForm
from mooc.accounts.models import User
from mooc.lib import kept
from mooc.lib.errors import DomainError
from mooc.lib.http import page_of
from mooc.lib.queue import later
from mooc.lib.text import clean, mask_phone

from .. import selectors


def _helper(request: HttpRequest) -> User:
    user = request.user
    if not user.is_authenticated or not user.has_role(Role.HELPER):
        raise PermissionDenied
    return user


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Find the person."""
    helper = _helper(request)
    name = clean(request.GET.get("q", "")[:40])
    page = page_of(request, selectors.people_of_helper(helper, name))
    rows = [(row, mask_phone(row.user.phone) if row.user.phone else "") for row in page]
    return render(request, "learners/numbers.html", {"page": page, "rows": rows, "q": name, "nav": "me"})


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down the new number."""
    helper = _helper(request)
    row = get_object_or_404(selectors.people_of_helper(helper), pk=pk)
    person = cast(User, row.user)  # guests are not among them
    form = kept.bind(request, PhoneForm)
    done = False
    if request.method == "POST" and form.is_valid():
        try:
            note = accounts.change_phone(user=person, phone=form.cleaned_data["phone"], by=helper)
            done = True
            if note is not None:
                later(tasks.send_text, note.pk)
        except DomainError as error:
            form.add_error("phone", error.message)
    shown = mask_phone(form.cleaned_data["phone"] if done else person.phone or "")
    if done:
        return kept.answer(
            request, "learners/number.html", {"row": row, "done": True, "shown": shown, "nav": "me"}
        )
    context = {"row": row, "form": form, "shown": shown, "nav": "me"}
    return render(request, "learners/number.html", context, status=kept.status(request, form))
