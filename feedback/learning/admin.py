"""The engine's page in the admin: themes, versions with their figures, the way back."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _

from mooc.accounts.rights import Right
from mooc.accounts.sign_in.who import signed_in
from mooc.accounts.staff.admin_access import OwnRows
from mooc.lib.errors import DomainError
from mooc.lib.queue import later

from .. import tasks
from ..engine import in_use
from ..models import ClassifierVersion, Theme
from . import training, training_runs


class ReadByTrainers(OwnRows):
    """Every trainer may read it, operators change it."""

    def get_queryset(self, request: HttpRequest) -> Any:
        """All of them."""
        return super(OwnRows, self).get_queryset(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The operator's to say."""
        return bool(signed_in(request).may(Right.RUN_SITE))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They stay as a log."""
        return False


@admin.register(Theme)
class ThemeAdmin(ReadByTrainers, admin.ModelAdmin):
    """Themes of questions."""

    list_display = ["code", "name_zh", "name_en", "about_zh"]
    readonly_fields = ["code"]


@admin.register(ClassifierVersion)
class ClassifierVersionAdmin(ReadByTrainers, admin.ModelAdmin):
    """Versions of the engine: what each was made of, how good it is, which is in use."""

    list_display = ["id", "created_at", "state", "examples", "corrections", "f1", "alone", "right", "reason"]
    list_display_links = None
    actions = ["use"]
    change_list_template = "admin/feedback/classifierversion/change_list.html"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Above the list: which model is in use, and whether it is the one it should be."""
        used, corrections = in_use.in_use(), training.corrections_since()
        percent = {name: round(100 * used.model.metrics[name]) for name in ("coverage", "precision")}
        percent["good"] = round(100 * used.model.metrics["coverage"] * used.model.metrics["precision"])
        context = {
            "title": _("The question engine"),
            "percent": percent,
            "used": used,
            "figures": used.model.metrics,
            "threshold": used.model.threshold,
            "corrections": corrections,
            "enough": training.ENOUGH_CORRECTIONS,
            "may_press": self.has_change_permission(request),
            "run": training_runs.standing(due=corrections >= training.ENOUGH_CORRECTIONS),
        }
        return super().changelist_view(request, (extra_context or {}) | context)

    @admin.display(description=_("macro-F1"))
    def f1(self, version: ClassifierVersion) -> str:
        """Out of fold."""
        return f"{version.macro_f1:.3f}"

    @admin.display(description=_("labelled alone"))
    def alone(self, version: ClassifierVersion) -> str:
        """The share the engine labels without a person."""
        return f"{version.coverage:.0%}"

    @admin.display(description=_("of these right"))
    def right(self, version: ClassifierVersion) -> str:
        """How much of that is right."""
        return f"{version.precision:.0%}"

    @admin.action(description=_("Use this version"), permissions=["change"])
    def use(self, request: HttpRequest, rows: Any) -> None:
        """The way back, or forward."""
        version = rows.first()
        try:
            if version:
                training.activate(version=version, by=signed_in(request))
                self.message_user(request, _("Version %(n)s is in use now.") % {"n": version.pk})
        except DomainError as error:
            self.message_user(request, str(error), messages.ERROR)

    def get_urls(self) -> list[Any]:
        """Two buttons above the list, for what needs no version."""
        view = self.admin_site.admin_view(self.press)
        return [path("press/", view, name="feedback_engine_press"), *super().get_urls()]

    def press(self, request: HttpRequest) -> HttpResponse:
        """Train now (in the background, with the guard), or go back to the model that came along."""
        if request.method != "POST" or not self.has_change_permission(request):
            raise PermissionDenied
        if "shipped" in request.POST:
            training.use_shipped(by=signed_in(request))
            self.message_user(request, _("The model that came with the product is in use."))
        else:
            training_runs.ask()
            later(tasks.retrain_nightly)
            self.message_user(
                request, _("Noted. This page says when the training runs, and what came of it.")
            )
        return redirect("../")
