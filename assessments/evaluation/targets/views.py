"""Targets: setting one, and their history with names, for whoever sees figures."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mooc.accounts.sign_in.who import SignedIn
from mooc.lib.errors import DomainError
from mooc.lib.pages import kept
from mooc.lib.pages.http import page_of

from ..access import supervised
from . import explaining, selectors, services
from .forms import TargetForm, first


@require_http_methods(["GET", "HEAD", "POST"])
@supervised
def targets(request: SignedIn) -> HttpResponse:
    """What holds, the form of who may set targets, and all that were set."""
    form = kept.bind(request, TargetForm, initial=first(request.GET.get("of", "")))
    if request.method == "POST" and form.is_valid():
        try:
            services.set_target(by=request.user, **form.asked())
        except DomainError as wrong:
            form.add_error(wrong.field if wrong.field in form.fields else None, wrong.message)
        else:
            messages.success(request, _("The target is set. Nothing that is closed changes."))
            return redirect("supervision:targets")
    return render(
        request, "supervision/targets.html", _context(request, form), status=kept.status(request, form)
    )


def _context(request: SignedIn, form: TargetForm) -> dict[str, Any]:
    code = str(form["code"].value() or "")
    page = page_of(request, selectors.history())
    return {
        "form": form,
        "errors": [error for errors in form.errors.values() for error in errors],
        "id": uuid.uuid4(),
        "seen": selectors.last_number(code),
        "may": selectors.may_set(request.user),
        "today": timezone.localdate(),
        "aims": explaining.aims(timezone.localdate()),
        "page": page,
        "rows": explaining.told(page, names=True),
        "nav": "model",
    }
