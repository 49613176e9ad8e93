"""Background work at the operator's desk: what failed, and once more."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mooc.accounts.sign_in.who import signed_in
from mooc.lib.queue import later

from . import data, services, tasks
from .models import Job

FIELDS = ("key", "work", "state", "percent", "why", "tries", "as_of", "made_by", "created_at", "ended_at")


class KindFilter(admin.SimpleListFilter):
    """By kind of work, in words."""

    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The kinds some room has registered."""
        return [(code, str(kind.words)) for code, kind in data.kinds]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        """Those of the chosen kind."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):
    """Jobs, for operators: to look at, and to ask for again. Nothing of them is edited."""

    list_display = ["key", "work", "state", "percent", "why", "tries", "created_at", "ended_at"]
    list_filter = ["state", KindFilter]
    actions = ["ask_again"]
    fields = FIELDS

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def work(self, job: Job) -> str:
        """The kind of work, in the reader's language."""
        return job.kind_words

    @admin.display(description=gettext_lazy("Error"))
    def why(self, job: Job) -> str:
        """Why it failed, in the reader's language."""
        return _(job.error) if job.error else ""

    @admin.action(description=gettext_lazy("Try again"), permissions=["view"])
    def ask_again(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """A new job for each that failed or was cancelled."""
        user = signed_in(request)
        for job in queryset.order_by("pk"):
            again = services.ask_again(job=job, by=user)
            if again is not None:
                later(tasks.run_job, again.pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Jobs are made by asking for something."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A job says what happened."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As above."""
        return False
