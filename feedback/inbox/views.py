"""The inbox, and by which other ways somebody wants to hear."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from learners.people import guests, numbers
from mooc.accounts.sign_in.who import signed_in
from mooc.lib.errors import DomainError
from mooc.lib.pages import kept
from mooc.lib.pages.http import page_of, safe_next
from mooc.lib.pages.request import Request

from .. import selectors
from ..models import Notice, NoticeChoice
from . import notices
from .forms import NoticeChoiceForm


@require_http_methods(["GET", "HEAD", "POST"])
def inbox(request: Request) -> HttpResponse:
    """What I was told, the newest first; below, the choice of ways."""
    person = guests.person_of(request)
    if person is None:
        return render(request, "feedback/inbox.html", {"page": None, "nav": "me"})
    form = _form(request, person) if person.signed_in else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if "also_by_sms" in request.POST:
            return _also_by_sms(request, person)
        if form.is_valid():
            notices.choose(learner=person.learner, **form.cleaned_data)
            messages.success(request, _("Noted."))
            return redirect("feedback:inbox")
    context: dict[str, Any] = {
        "page": page_of(request, selectors.inbox(person.learner)),
        "form": form,
        "nav": "me",
    }
    context["number_wish"] = numbers.open_wish(request.user) if person.signed_in else None
    status = kept.status(request, form) if form is not None else 200
    return render(request, "feedback/inbox.html", context, status=status)


def _also_by_sms(request: Request, person: guests.Person) -> HttpResponse:
    """One tap below a question that waits; back to it."""
    try:
        notices.also_by_sms(learner=person.learner)
        messages.success(request, _("Noted. A text message tells you, three a day at most."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(safe_next(request, reverse("feedback:inbox")))


def _form(request: Request, person: guests.Person) -> NoticeChoiceForm:
    known = NoticeChoice.objects.filter(learner=person.learner).first()
    user = signed_in(request)
    initial = {
        "by_mail": bool(known and known.by_mail),
        "by_sms": bool(known and known.by_sms),
        "email": user.email,
    }
    return kept.bind(request, NoticeChoiceForm, initial=initial, phone=user.phone)


@require_safe
def open_notice(request: Request, pk: int) -> HttpResponse:
    """Go to what a notice is about; it counts as read from now on. A link in a text message leads here."""
    person = guests.person_of(request)
    if person is None:
        return redirect(f"{reverse('account_login')}?next={request.path}")
    notice = get_object_or_404(Notice, pk=pk, learner=person.learner)
    notices.mark_read(notice)
    anchor = f"#r{notice.reply_id}" if notice.reply_id else ""
    return redirect(reverse("feedback:question", args=[notice.question_id]) + anchor)
