"""A key is mended on the desk: what was judged by the old one is judged again, and a page says who is concerned."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from learners.models import Cohort
from mooc.accounts.rights import Right
from mooc.accounts.sign_in.who import signed_in
from mooc.accounts.staff.admin_access import OwnRows
from mooc.lib.queue import later

from ..bank import editions
from ..models import Item, Response
from . import judging, tasks

ROWS = 200  # people named on the page; the rest is counted


class JudgesAgain(OwnRows):
    """Mixin of the items' admin: keeps editions, judges again by a mended key, shows whom it concerns."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """After the answers are saved: how it reads now is kept, and a key that was mended judges anew."""
        super().save_related(request, form, formsets, change)
        item = Item.objects.get(pk=form.instance.pk)
        if editions.keep_edition(item=item) and change:
            self._judge(request, item)

    def _judge(self, request: HttpRequest, item: Item) -> None:
        found = judging.judge_again(item=item)
        if found.left:
            later(tasks.judge_again, item.pk)
        if not (found.answers or found.left or found.kept):
            return
        counted = found.answers + found.left
        words = ngettext(
            "%(n)s answer is right by the mended key and was judged again.",
            "%(n)s answers are right by the mended key and were judged again.",
            counted,
        ) % {"n": counted}
        if found.kept:
            words += " " + ngettext(
                "%(n)s answer was counted as right and stays so.",
                "%(n)s answers were counted as right and stay so.",
                found.kept,
            ) % {"n": found.kept}
        page = reverse("admin:assessments_item_judged", args=[item.pk])
        messages.warning(
            request, format_html('{} <a href="{}">{}</a>', words, page, _("See whom it concerns"))
        )

    def get_urls(self) -> list[Any]:
        """With the page of whom a mended key concerns."""
        view = self.admin_site.admin_view(self.judged_view)
        own = path("<int:pk>/judged/", view, name="assessments_item_judged")
        return [own, *super().get_urls()]

    def judged_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Whom a mended key concerns; one button puts the question before those who were told "right" by mistake."""
        item = self.get_queryset(request).filter(pk=pk).first()
        if item is None or not self.has_change_permission(request, item):
            raise Http404
        if request.method == "POST":
            self._act(request, item)
            return HttpResponseRedirect(request.path)
        mended = Response.objects.filter(item=item, mended_at__isnull=False).order_by("-mended_at", "pk")
        kept = judging.kept_right(item)
        context = {
            **admin.site.each_context(request),
            "title": _("Judged again"),
            "item": item,
            "opts": Item._meta,
            "left": judging.unjust(item).count(),
            "tables": [
                (_("Counted as right from now on"), _people(request, mended), mended.count()),
                (_("Stays right, though it is not by the mended key"), _people(request, kept), kept.count()),
            ],
            "kept": kept.count(),
        }
        return TemplateResponse(request, "admin/assessments/item/judged.html", context)

    def _act(self, request: HttpRequest, item: Item) -> None:
        if "again" in request.POST:
            cards = judging.ask_again(item=item)
            words = ngettext("%(n)s notebook has it now.", "%(n)s notebooks have it now.", cards) % {
                "n": cards
            }
            self.log_change(request, item, "Told again to those who were told right by the old key.")
            messages.success(request, words)
        elif "judge" in request.POST:
            self._judge(request, item)


def _people(request: HttpRequest, rows: QuerySet[Response]) -> list[dict[str, Any]]:
    """Whose answers: by name for whoever leads their class, else as a learner. 2 queries."""
    found = list(rows.select_related("attempt__learner__user")[:ROWS])
    mine = (
        Cohort.objects.all()
        if signed_in(request).everywhere(Right.SEE_CLASSES)
        else Cohort.objects.filter(trainer=request.user.pk)
    )
    learners = {row.attempt.learner_id for row in found}
    known = set(
        mine.filter(members__learner__in=learners, members__left_at=None).values_list(
            "members__learner", flat=True
        )
    )
    return [
        {
            "name": str(row.attempt.learner.user)
            if row.attempt.learner.user and row.attempt.learner_id in known
            else "",
            "guest": row.attempt.learner.user is None,
            "attempt": row.attempt,
            "at": row.answered_at,
        }
        for row in found
    ]
