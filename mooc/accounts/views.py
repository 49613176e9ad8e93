"""Signing in and out: by phone code, or by name and password."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import perform_login
from django.contrib.auth import logout
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mooc.lib.errors import DomainError
from mooc.lib.http import safe_next
from mooc.lib.queue import later
from mooc.lib.text import mask_phone

from . import limits, phones, services, tasks
from .forms import CodeForm, PasswordForm, PasswordPersonForm, PersonForm, PhoneForm
from .models import User

SENDS_PER_ADDRESS = 300  # in ten minutes: a class of forty signs up behind one address
GUESSES_PER_ADDRESS = 300
PASSWORDS_PER_NAME = 10


def _page(request: HttpRequest, name: str, status: int = 200, **context: Any) -> HttpResponse:
    context |= {"nav": "me", "next": safe_next(request, "")}
    return render(request, f"account/{name}.html", context, status=status)


def _welcome(request: HttpRequest) -> str:
    """Where everybody goes after signing in: learners looks after a guest's progress there."""
    target = safe_next(request, "")
    return f"/me/welcome/?{urlencode({'next': target})}" if target else "/me/welcome/"


def sign_in(request: HttpRequest, user: User) -> HttpResponse:
    """Sign in, through the second step where the account has one."""
    return perform_login(request, user, email_verification="none", redirect_url=_welcome(request))


@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """One page: phone code above, name and password below. POST is the password."""
    if request.method != "POST":
        return _page(request, "login", phone_form=PhoneForm(), password_form=PasswordForm())
    form = PasswordForm(request.POST)
    user = _by_password(request, form) if form.is_valid() else None
    if user is None:
        if not form.errors:
            form.add_error("password", _("Name and password do not fit. Look at both again."))
        return _page(request, "login", 400, phone_form=PhoneForm(), password_form=form)
    return sign_in(request, user)


def _by_password(request: HttpRequest, form: PasswordForm) -> User | None:
    """The account, or ``None``: the same time and answer whether the name exists or not."""
    name, password = form.cleaned_data["login"].strip(), form.cleaned_data["password"]
    number = phones.normalise(name)
    if limits.count(f"pw:{number or name.casefold()}", 900) > PASSWORDS_PER_NAME:
        form.add_error("password", _("Too many tries. Wait a quarter of an hour, or use the phone code."))
        return None
    wanted = {"phone": number} if number else {"username__iexact": name}
    user = User.objects.filter(**wanted, is_active=True).first()
    if user is None:
        make_password(password)
        return None
    return user if user.check_password(password) else None


@require_POST
def send_code(request: HttpRequest) -> HttpResponse:
    """Send a code to a number, whether it has an account or not."""
    form = PhoneForm(request.POST)
    if not form.is_valid():
        return _page(request, "login", 400, phone_form=form, password_form=PasswordForm())
    phone = form.cleaned_data["phone"]
    try:
        if limits.count(f"send:{limits.address(request)}", 600) > SENDS_PER_ADDRESS:
            raise DomainError(_("Very many codes from this place just now. Try again in ten minutes."))
        message = services.send_code(phone=phone)
    except DomainError as error:
        if error.code != "too_many" or not services.has_open_code(phone):
            form.add_error("phone", str(error))
            return _page(request, "login", 400, phone_form=form, password_form=PasswordForm())
    else:
        later(tasks.send_text, message.pk)
    query = urlencode({"t": services.sign_phone(phone, "code"), "next": safe_next(request, "")})
    return redirect(f"/accounts/code/?{query}")


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Type the code. A known number is signed in, a new one tells its name first."""
    token = request.POST.get("t") or request.GET.get("t", "")
    try:
        phone = services.unsign_phone(token, "code")
    except DomainError:
        return redirect("/accounts/login/")
    context = {"token": token, "shown": mask_phone(phone)}
    form = CodeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, "code", 400 if form.errors else 200, form=form, **context)
    try:
        if limits.count(f"guess:{limits.address(request)}", 600) > GUESSES_PER_ADDRESS:
            raise DomainError(_("Very many tries from this place just now. Try again in ten minutes."))
        services.check_code(phone=phone, code=form.cleaned_data["code"])
    except DomainError as error:
        form.add_error("code", str(error))
        return _page(request, "code", 400, form=form, **context)
    return _checked(request, phone)


def _checked(request: HttpRequest, phone: str) -> HttpResponse:
    user = services.user_with_phone(phone)
    if user is not None:
        User.objects.filter(pk=user.pk, phone_verified=False).update(phone_verified=True)
        return sign_in(request, user)
    query = urlencode({"t": services.sign_phone(phone, "new"), "next": safe_next(request, "")})
    return redirect(f"/accounts/new/?{query}")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new person with a checked number: name and consent."""
    token = request.POST.get("t") or request.GET.get("t", "")
    try:
        phone = services.unsign_phone(token, "new")
    except DomainError:
        return redirect("/accounts/login/")
    known = services.user_with_phone(phone)
    if known is not None:  # sent twice: the account is there already
        return sign_in(request, known)
    return _join(request, PersonForm(request.POST or None), token=token, phone=phone)


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """A new person without a phone: name, password and consent."""
    return _join(request, PasswordPersonForm(request.POST or None), token="", phone="")


def _join(request: HttpRequest, form: PersonForm, *, token: str, phone: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            user = services.make_account(
                name=data["name"], phone=phone, username="" if phone else data["name"],
                password=data.get("password", ""), birth_year=data["birth_year"], consent=data["consent"],
                guardian=data["guardian"], language=request.LANGUAGE_CODE,
            )  # fmt: skip
            request.session["birth_year"] = data["birth_year"]
            return sign_in(request, user)
        except DomainError as error:
            form.add_error(error.field or None, str(error))
    return _page(request, "new", 400 if form.errors else 200, form=form, token=token)


@require_safe
def switch(request: HttpRequest) -> HttpResponse:
    """One tap from every page: sign out, or let somebody else in."""
    return _page(request, "switch")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out and forget this phone's guest as well. ``again`` goes on to the sign-in page."""
    logout(request)
    response = _page(request, "signed_out", again="again" in request.POST)
    response.delete_cookie("learner", samesite="Lax")
    return response
