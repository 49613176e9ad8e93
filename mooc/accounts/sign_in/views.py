"""Signing in and out: by phone code, or by name and password."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from mooc.lib import registry
from mooc.lib.errors import DomainError, TooMany
from mooc.lib.middleware import guest_post
from mooc.lib.pages import kept, links
from mooc.lib.pages.http import safe_next
from mooc.lib.pages.request import Request
from mooc.lib.queue import later
from mooc.lib.text.cleaning import mask_phone

from .. import services, tasks
from ..models import User
from . import limits, pending, phones, quiet
from .forms import CodeForm, OwnerForm, PasswordForm, PasswordPersonForm, PersonForm, PhoneForm

GUESSES_PER_ADDRESS = 300
WRONG_HERE, WRONG_ANYWHERE = 10, 50  # wrong passwords for one name in a quarter of an hour


def _page(request: Request, name: str, status: int = 200, **context: Any) -> HttpResponse:
    context |= {"nav": "me", "next": safe_next(request, "")}
    return render(request, f"account/{name}.html", context, status=status)


def _address(request: Request, path: str, **more: str) -> str:
    """The next step, with where this person was going."""
    known = {"next": safe_next(request, "")} | more
    query = urlencode({name: value for name, value in known.items() if value})
    return f"{path}?{query}" if query else path


def _welcome(request: Request) -> str:
    """Where everybody goes after signing in: learners looks after a guest's progress there."""
    return _address(request, links.address("welcome"))


def sign_in(request: Request, user: User) -> HttpResponse:
    """Sign in, through the second step where the account has one."""
    response = perform_login(request, user, email_verification="none", redirect_url=_welcome(request))
    return pending.forget(response)


@require_http_methods(["GET", "HEAD", "POST"])
def login(request: Request) -> HttpResponse:
    """One page: phone code above, name and password below. POST is the password."""
    if request.method != "POST":
        phone_form, password_form = kept.bind(request, PhoneForm), kept.bind(request, PasswordForm)
        return _page(request, "login", phone_form=phone_form, password_form=password_form)
    form = kept.bind(request, PasswordForm)
    user = _by_password(request, form) if form.is_valid() else None
    if user is None:
        return _page(request, "login", 400, phone_form=PhoneForm(), password_form=form)
    return sign_in(request, user)


def _by_password(request: Request, form: PasswordForm) -> User | None:
    """The account, or ``None``: the same time and answer whether the name exists or not.

    Only wrong passwords are counted, here and from everywhere, so that a class can sign in all day
    and a stranger far away cannot easily shut somebody out.
    """
    name, password = form.cleaned_data["login"], form.cleaned_data["password"]
    number = phones.normalise(name)
    key = f"pw:{services.lockout_key(name=name, number=number)}"  # of the account, however it is spelt
    counters = ((f"{key}:{limits.address(request)}", WRONG_HERE), (key, WRONG_ANYWHERE))
    if any(limits.counted(counter, 900) >= most for counter, most in counters):
        sentence = _("Too many tries. Wait a quarter of an hour, or use the phone code.")
        form.add_error("password", sentence)
        return None
    user = services.user_by_password(name=name, number=number, password=password)
    if user is None:
        form.add_error("password", _("Name and password do not fit. Look at both again."))
        for counter, _most in counters:
            limits.count(counter, 900)
    return user


@kept.answers_form_of("account_login")
def send_code(request: Request) -> HttpResponse:
    """Send a code to a number, whether it has an account or not. ``again`` repeats the last number."""
    known = pending.phone_of(request, "code") if "again" in request.POST else None
    form = PhoneForm({"phone": known}) if known else kept.bind(request, PhoneForm)
    if not form.is_valid():
        return _page(request, "login", 400, phone_form=form, password_form=PasswordForm())
    phone = form.cleaned_data["phone"]
    wait = ""
    try:
        for what in ("texts at once", "text"):
            if not limits.address_may(request, what):
                raise DomainError(
                    _("Very many codes from this place just now. Wait a little, then try again.")
                )
        later(tasks.send_text, services.send_code(phone=phone).pk)
    except TooMany as error:
        if not services.has_open_code(phone):
            form.add_error("phone", error.message)
            return _page(request, "login", 400, phone_form=form, password_form=PasswordForm())
        wait = "1"
    except DomainError as error:
        form.add_error("phone", error.message)
        return _page(request, "login", 400, phone_form=form, password_form=PasswordForm())
    return pending.remember(redirect(_address(request, reverse("account_code"), wait=wait)), phone, "code")


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: Request) -> HttpResponse:
    """Type the code. A known number is signed in, a new one tells its name first."""
    phone = pending.phone_of(request, "code")
    if phone is None:
        return redirect("account_login")
    context = {"number": mask_phone(phone), "wait": "wait" in request.GET}
    form = kept.bind(request, CodeForm)
    if request.method != "POST" or not form.is_valid():
        return _page(request, "code", kept.status(request, form), form=form, **context)
    try:
        if limits.count(f"guess:{limits.address(request)}", 600) > GUESSES_PER_ADDRESS:
            raise DomainError(_("Very many tries from this place just now. Try again in ten minutes."))
        services.check_code(phone=phone, code=form.cleaned_data["code"])
    except DomainError as error:
        form.add_error("code", error.message)
        return _page(request, "code", 400, form=form, **context)
    return _checked(request, phone)


def _checked(request: Request, phone: str) -> HttpResponse:
    user = services.user_with_phone(phone)
    if user is not None and quiet.is_silent(user):
        return pending.remember(redirect(_address(request, reverse("account_quiet"))), phone, "quiet")
    if user is not None:
        User.objects.filter(pk=user.pk, phone_verified=False).update(phone_verified=True)
        return sign_in(request, user)
    return pending.remember(redirect(_address(request, reverse("account_new"))), phone, "new")


@require_http_methods(["GET", "HEAD", "POST"])
def silent(request: Request) -> HttpResponse:
    """The number's account was silent for long: its owner says what only the owner knows, others begin anew.
    Nothing on the page tells whose it was."""
    phone = pending.phone_of(request, "quiet")
    user = services.user_with_phone(phone) if phone else None
    if phone is None or user is None:
        return redirect("account_login")
    if request.method == "POST" and "new" in request.POST:
        return pending.remember(redirect(_address(request, reverse("account_new"))), phone, "fresh")
    form = kept.bind(request, OwnerForm)
    if request.method == "POST" and form.is_valid():
        try:
            quiet.recognise(user=user, **form.cleaned_data)
        except DomainError as error:
            form.add_error("name", error.message)
        else:
            return sign_in(request, user)
    context = {"form": form, "number": mask_phone(phone), "year": quiet.asks_year(user)}
    return _page(request, "quiet", kept.status(request, form), **context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """A new person with a checked number: name and consent."""
    phone = pending.phone_of(request, "new") or pending.phone_of(request, "fresh")
    if phone is None:
        return redirect("account_login")
    known = services.user_with_phone(phone)
    if known is not None and request.method == "POST" and not quiet.is_silent(known):
        return sign_in(request, known)  # a double tap: the account is there already
    return _join(request, kept.bind(request, PersonForm), phone)


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: Request) -> HttpResponse:
    """A new person without a phone: name, password and consent."""
    return _join(request, kept.bind(request, PasswordPersonForm), "")


def _join(request: Request, form: PersonForm, phone: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            limits.address_must(request, "account")
            user = _open_account(request, form.cleaned_data, phone)
        except DomainError as error:
            form.add_error(error.field or None, error.message)
        else:
            messages.success(
                request, _("Your account is ready, %(name)s. It opens on another phone too.") % {"name": user}
            )
            return sign_in(request, user)
    return _page(request, "new", kept.status(request, form), form=form)


def _open_account(request: Request, data: dict[str, Any], phone: str) -> User:
    """The account, with what this phone learnt before, in one transaction."""
    with transaction.atomic():
        if phone and pending.phone_of(request, "fresh") == phone:
            quiet.give_up_number(phone=phone)
        user = services.make_account(
            name=data["name"],
            phone=phone,
            username="" if phone else data["name"],
            password=data.get("password", ""),
            birth_year=data["birth_year"],
            consent=data["consent"],
            guardian=data["guardian"],
            language=request.LANGUAGE_CODE,
        )
        for _name, take in registry.newcomer:
            take(request, user, data["birth_year"])
    return user


@require_safe
def switch(request: Request) -> HttpResponse:
    """One tap from every page: sign out, or let somebody else in."""
    return _page(request, "switch")


@kept.answers_form_of("account_switch")
@guest_post  # a phone that changes hands leaves its guest, too
def sign_out(request: Request) -> HttpResponse:
    """Sign out and forget this phone's guest as well. ``again`` goes on to the sign-in page."""
    logout(request)
    response = kept.answer(
        request, "account/signed_out.html", {"again": "again" in request.POST, "nav": "me"}
    )
    response.delete_cookie("learner", samesite="Lax")
    response["Clear-Site-Data"] = '"cache"'  # "back" must not show what the last person saw
    return pending.forget(response)
