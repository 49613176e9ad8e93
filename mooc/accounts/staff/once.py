"""A form that makes something is sent twice (a second tap, a lost answer): it makes one thing.

The form carries a number that is new on every page. The row of number and content is written in the
transaction that makes the thing, so a second request waits for the first and is led to what that made. The same
number with other words (back, and typed anew) is another thing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable

from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

FIELD = "_once"
KEPT = dt.timedelta(days=2)
NOT_CONTENT = ("csrfmiddlewaretoken", "_seen", "_save", "_continue", "_addanother")


class FormSent(models.Model):
    """A form that made something, and the page it led to."""

    key = models.CharField(max_length=64, unique=True)
    led_to = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.key[:8]


def number(request: HttpRequest) -> str:
    """For the hidden field: the one that was sent, so that a form that was refused stays itself, else a new one."""
    return request.POST.get(FIELD, "")[:40] or uuid.uuid4().hex


def make_once(request: HttpRequest, make: Callable[[], HttpResponse]) -> HttpResponse:
    """What ``make`` answers; the second time, a way to what the first made. A refused form made nothing."""
    if not request.POST.get(FIELD):
        return make()
    with transaction.atomic():
        try:
            with transaction.atomic():
                sent = FormSent.objects.create(key=_key(request))
        except IntegrityError:
            return redirect(FormSent.objects.get(key=_key(request)).led_to or request.path)
        answer = make()
        if answer.status_code == 302:
            FormSent.objects.filter(pk=sent.pk).update(led_to=answer["Location"][:300])
        else:
            sent.delete()
        return answer


def _key(request: HttpRequest) -> str:
    content = [(name, values) for name, values in sorted(request.POST.lists()) if name not in NOT_CONTENT]
    files = [(name, str(file), getattr(file, "size", 0)) for name, file in sorted(request.FILES.items())]
    return hashlib.sha256(repr((request.path, str(request.user.pk), content, files)).encode()).hexdigest()


def forget() -> int:
    """Drop what nobody taps any more. Returns how many."""
    return FormSent.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
