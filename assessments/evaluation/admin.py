"""Background work at the operator's desk: what failed, and once more."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mooc.lib.queue import later

from . import jobs, tasks
from .data import JobKind, JobState
from .models import Job
from .reports import making

FIELDS = ("key", "kind", "state", "percent", "why", "tries", "as_of", "made_by", "created_at", "ended_at")


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):
    """Jobs, for operators: to look at, and to ask for again. Nothing of them is edited."""

    list_display = ["key", "kind", "state", "percent", "why", "tries", "created_at", "ended_at"]
    list_filter = ["state", "kind"]
    list_select_related = ["report"]
    actions = ["ask_again"]
    fields = FIELDS

    @admin.display(description=gettext_lazy("Error"))
    def why(self, job: Job) -> str:
        """Why it failed, in the reader's language."""
        return _(job.error) if job.error else ""

    @admin.action(description=gettext_lazy("Try again"), permissions=["view"])
    def ask_again(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """A new job for each that failed or was cancelled."""
        user: Any = request.user
        for job in queryset.filter(state__in=[JobState.FAILED, JobState.CANCELLED]).order_by("pk"):
            if job.kind == JobKind.EVALUATE:
                again, _new = jobs.ask_for(kind=JobKind.EVALUATE, key=job.key, as_of=job.as_of, by=user)
                later(tasks.run_job, again.pk)
            elif hasattr(job, "report") and making.ask_again(report=job.report, by=user):
                later(tasks.run_job, job.report.job_id)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Jobs are made by asking for something."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A job says what happened."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As above."""
        return False
