"""A changed or lost number: a helper writes the new one down, its owner or a second person agrees."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mooc.accounts import services as accounts
from mooc.accounts import tasks
from mooc.accounts.models import User
from mooc.accounts.rights import Right
from mooc.accounts.sign_in import limits, phones
from mooc.accounts.sign_in.forms import PhoneForm
from mooc.accounts.sign_in.who import signed_in
from mooc.accounts.staff import deeds
from mooc.lib.errors import DomainError, TooMany
from mooc.lib.pages import kept
from mooc.lib.pages.http import page_of
from mooc.lib.pages.request import Request
from mooc.lib.queue import later
from mooc.lib.text.cleaning import clean, mask_phone

from ... import selectors
from ...models import Learner, NumberWish
from .. import numbers

TRIES = 15  # an hour, at saying yes


def _staff(request: Request) -> User:
    return signed_in(request, Right.CONFIRM_NUMBER)


def _reached(user: User) -> Any:
    """Whose number this user may write down, and whose open wish this user may agree to."""
    mine = selectors.people_of_helper(user).order_by().values("pk")
    open_wishes = NumberWish.objects.filter(ended_at=None).values("user")
    waiting = Learner.objects.visible_to(user).filter(user__is_staff=False, user__in=open_wishes).values("pk")
    return Learner.objects.filter(Q(pk__in=mine) | Q(pk__in=waiting)).select_related("user", "region")


def _helper(request: Request) -> User:
    return signed_in(request, Right.HELP_PEOPLE)


@require_safe
def people(request: Request) -> HttpResponse:
    """Find the person."""
    helper = _helper(request)
    name = clean(request.GET.get("q", "")[:40])
    page = page_of(request, selectors.people_of_helper(helper, name))
    rows = [(row, mask_phone(row.user.phone) if row.user.phone else "") for row in page]
    deeds.note_names(by=helper, where="classes/numbers", count=len(rows))
    return render(request, "learners/numbers.html", {"page": page, "rows": rows, "q": name, "nav": "me"})


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, pk: int) -> HttpResponse:
    """Write down the new number; a second person agrees; either takes it back. None of it changes the account."""
    user = _staff(request)
    row = get_object_or_404(_reached(user), pk=pk)
    person = row.user
    if person is None:
        raise Http404  # guests have no number
    wish = numbers.open_wish(person)
    form = kept.bind(request, PhoneForm)
    if request.method == "POST" and wish is not None:
        _answer(request, user, wish, row)
        return redirect(request.path)
    if request.method == "POST" and user.may(Right.HELP_PEOPLE):
        error = _written_down(request, person, user, form)
        if error is None:
            return redirect(request.path)
        if error:
            form.add_error("phone", error)
    context = {"row": row, "form": form, "number": mask_phone(person.phone or ""), "nav": "me"}
    context |= {"asks": user.may(Right.HELP_PEOPLE)} | _words(wish, user, row)
    return render(request, "learners/number.html", context, status=kept.status(request, form))


def _written_down(request: Request, person: User, by: User, form: PhoneForm) -> str | None:
    """Write down a number or the wish for a password: ``None`` when it is, else what is wrong with it."""
    try:
        if "forgotten" in request.POST:
            numbers.ask_password(user=person, by=by)
        elif form.is_valid():
            numbers.ask_number(user=person, phone=form.cleaned_data["phone"], by=by)
        else:
            return ""
    except DomainError as error:
        return str(error.message)
    return None


@require_http_methods(["GET", "HEAD", "POST"])
def password(request: Request, pk: int) -> HttpResponse:
    """The person types the new password at the helper's, when two have agreed and the time is over."""
    user = _staff(request)
    row = get_object_or_404(_reached(user), pk=pk)
    wish = numbers.open_wish(row.user)
    if wish is None or not numbers.may_type_password(user, wish):
        return redirect("learners:change_number", pk=pk)
    error = ""
    if request.method == "POST":
        try:
            numbers.set_password(wish=wish, password=request.POST.get("password", "")[:128], by=user)
            messages.success(request, _("The new password is good from now on."))
            return redirect("learners:change_number", pk=pk)
        except DomainError as refused:
            error = str(refused)
    context = {"row": row, "error": error, "nav": "me"}
    return render(request, "learners/new_password.html", context, status=400 if error else 200)


def _words(wish: NumberWish | None, user: User, row: Learner) -> dict[str, Any]:
    if wish is None:
        return {"wish": None}
    agrees = wish.agreed_by_id is None and numbers.may_agree(user, wish, row)
    types = numbers.may_type_password(user, wish)
    return {
        "wish": wish,
        "new": mask_phone(wish.phone),
        "ripe": numbers.ripe_at(wish),
        "agrees": agrees,
        "types": types,
    }


def _answer(request: Request, user: User, wish: NumberWish, row: Learner) -> None:
    try:
        if "stop" in request.POST:
            numbers.stop(wish=wish)
        elif "agree" in request.POST:
            numbers.agree(wish=wish, by=user, learner=row)
    except DomainError as error:
        messages.error(request, str(error))


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: Request) -> HttpResponse:
    """The owner's page of a new number: one tap stops it, a code to the old number (or the password) makes it so."""
    if not request.user.is_authenticated:
        return redirect(f"{reverse('account_login')}?next={request.path}")
    wish = numbers.open_wish(request.user)
    if wish is None:
        return redirect("learners:me")
    error = ""
    if request.method == "POST":
        if "stop" in request.POST:
            numbers.stop(wish=wish)
            messages.success(request, _("Stopped. Your number stays."))
            return redirect("learners:me")
        error = _confirmed(request, wish)
        if not error:
            return redirect(request.path if "send" in request.POST else "account_login")
    context = {
        "wish": wish,
        "new": mask_phone(wish.phone),
        "old": mask_phone(wish.user.phone or "") if wish.user.phone else "",
        "ripe": numbers.ripe_at(wish),
        "error": error,
        "nav": "me",
    }
    return render(request, "learners/my_number.html", context, status=400 if error else 200)


def _confirmed(request: Request, wish: NumberWish) -> str:
    try:
        if limits.count(f"number:{wish.user_id}", 3600) > TRIES:
            raise TooMany(_("Too many tries. Wait an hour, or call the station."))
        if "send" in request.POST:
            if wish.user.phone:
                later(tasks.send_text, accounts.send_code(phone=wish.user.phone).pk)
            return ""
        typed = request.POST.get("code", "")[:128]
        numbers.consent(wish=wish, proof=phones.digits_only(typed, 6) if wish.user.phone else typed)
    except DomainError as error:
        return str(error)
    return ""
