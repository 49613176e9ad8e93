"""What waits for a trainer, and what readers said lately: panels of the staff's front page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import Module
from learners.models import Cohort
from mooc.accounts.rights import Right
from mooc.lib.desk import DeskLink, DeskPanel, DeskRow, form_of, list_of
from mooc.lib.pages.look import span

from .data import Face, ReportKind, ThemeSource
from .models import AnswerModule, ClassifierVersion, ContentReport, Question, Reply
from .selectors import lesson_titles, queue_counts

ROWS = 5
FACES_OF = dt.timedelta(days=7)
FEWEST_FACES = 5  # of fewer nothing is said: whose they are would be plain


def queue(user: Any) -> DeskPanel | None:
    """Questions that wait, the overdue first, and posts that wait for a look: 4 queries."""
    if not user.may(Right.ANSWER_QUESTIONS):
        return None
    now, questions = timezone.now(), list_of(Question)
    counts = queue_counts(user, now)
    waiting = Question.objects.visible_to(user).waiting().select_related("theme", "claimed_by")
    found = list(waiting.defer("vector").order_by("due_at", "pk")[:ROWS])
    free = next((row for row in found if row.claimant(now) in (None, user)), None)
    return DeskPanel(
        place=10,
        title=_("Questions for me"),
        rows=(*(_question(row, user, now) for row in found), *_posts(user)),
        lead=_how_many(counts),
        empty="",
        first=DeskLink(_("Answer the first one"), form_of(free)) if free else None,
        more=DeskLink(_("The whole queue"), questions)
        if found
        else DeskLink(_("All questions"), f"{questions}?state=all"),
        beside=(
            DeskLink(_("Answer modules"), list_of(AnswerModule)),
            DeskLink(_("The question engine"), list_of(ClassifierVersion)),
            DeskLink(_("Classes"), list_of(Cohort)),
        ),
    )


def _how_many(counts: dict[str, int]) -> str:
    if not counts["waiting"]:
        return _("All answered.")
    wait = ngettext("%(n)s question waits", "%(n)s questions wait", counts["waiting"]) % {
        "n": counts["waiting"]
    }
    if not counts["overdue"]:
        return _("%(wait)s, none is late.") % {"wait": wait}
    late = ngettext("%(n)s is late", "%(n)s are late", counts["overdue"]) % {"n": counts["overdue"]}
    return _("%(wait)s, %(late)s.") % {"wait": wait, "late": late}


def _question(row: Question, user: Any, now: dt.datetime) -> DeskRow:
    late = row.due_at < now
    gap = span(row.due_at, now) if late else span(now, row.due_at)
    asked = _("asked %(time)s ago") % {"time": span(row.created_at, now)}
    unsure = _("theme not sure") if row.theme_source == ThemeSource.UNSURE else _("not classed yet")
    parts = [asked, str(row.theme or unsure)]
    writer = row.claimant(now)
    if writer is not None:
        parts.append(_("you are writing") if writer == user else _("%(name)s is writing") % {"name": writer})
    return DeskRow(
        Truncator(row.text).chars(80),
        form_of(row),
        tuple(parts),
        (_("%(time)s late") if late else _("%(time)s left")) % {"time": gap},
        late,
    )


def _posts(user: Any) -> list[DeskRow]:
    """Posts held back or reported, and questions without a sure theme; what is none is left out: 2 queries."""
    questions, replies = _waiting_posts(Question.objects.visible_to(user))
    rows = [
        (
            replies["held"],
            list_of(Reply) + "?held__exact=1",
            ngettext(
                "%(n)s neighbour's answer waits to be let through",
                "%(n)s neighbours' answers wait to be let through",
                replies["held"],
            ),
        ),
        (
            replies["reported"],
            list_of(Reply),
            ngettext(
                "%(n)s neighbour's answer was reported",
                "%(n)s neighbours' answers were reported",
                replies["reported"],
            ),
        ),
        (
            questions["reported"],
            list_of(Question) + "?state=reported",
            ngettext("%(n)s question was reported", "%(n)s questions were reported", questions["reported"]),
        ),
        (
            questions["unsure"],
            list_of(Question) + "?state=unsure",
            ngettext(
                "%(n)s question needs its theme said: one tap",
                "%(n)s questions need their theme said: one tap each",
                questions["unsure"],
            ),
        ),
    ]
    return [DeskRow(words % {"n": n}, href) for n, href, words in rows if n]


def _waiting_posts(mine: Any) -> tuple[dict[str, int], dict[str, int]]:
    """Counts of questions and of replies to them, by what they wait for."""
    reported = Q(reports__isnull=False, reports__handled_at=None)
    questions = mine.aggregate(
        reported=Count("pk", filter=reported, distinct=True),
        unsure=Count("pk", filter=Q(pk__in=mine.without_theme().order_by()), distinct=True),
    )
    replies = Reply.objects.filter(question__in=mine).aggregate(
        held=Count("pk", filter=Q(held=True, hidden_at=None), distinct=True),
        reported=Count("pk", filter=reported, distinct=True),
    )
    return questions, replies


def waiting_by_module(user: Any) -> dict[int, int]:
    """How many questions wait from the lessons of each module, by its id: 1 query."""
    rows = Question.objects.visible_to(user).waiting().filter(lesson__isnull=False).order_by()
    return dict(rows.values_list("lesson__module_id").annotate(n=Count("pk")))


def newest(user: Any) -> DeskPanel | None:
    """What readers say is wrong, what they wish for, which faces they tapped: 4 queries."""
    if not user.may(Right.ANSWER_QUESTIONS):
        return None
    opened = ContentReport.objects.visible_to(user).filter(done=False)
    wish = Q(kind=ReportKind.WISH)
    counts = opened.aggregate(wishes=Count("pk", filter=wish), reports=Count("pk", filter=~wish))
    found = list(opened.exclude(wish).order_by("-created_at", "-pk")[:ROWS])
    titles = lesson_titles({row.lesson_id for row in found if row.lesson_id})
    reports, n = counts["reports"], counts["wishes"]
    rows = [_report(row, titles) for row in found]
    if n:
        words = ngettext("%(n)s wish: “I want to learn …”", "%(n)s wishes: “I want to learn …”", n) % {"n": n}
        rows.append(DeskRow(words, f"{list_of(ContentReport)}?kind__exact={ReportKind.WISH}&done__exact=0"))
    return DeskPanel(
        place=40,
        title=_("What learners say"),
        rows=(*rows, *_faces(user)),
        lead=ngettext("%(n)s report on lessons is open.", "%(n)s reports on lessons are open.", reports)
        % {"n": reports}
        if reports
        else "",
        empty=_("No reports, no wishes, and fewer than five faces a module in the last seven days."),
        more=DeskLink(_("All reports"), f"{list_of(ContentReport)}?done__exact=0"),
    )


def _report(row: ContentReport, titles: dict[int, str]) -> DeskRow:
    text = Truncator(row.text).chars(80)
    parts = [
        titles.get(row.lesson_id or 0, ""),
        _("%(time)s ago") % {"time": span(row.created_at, timezone.now())},
    ]
    kind = row.get_kind_display()
    return DeskRow(
        text or kind,
        form_of(row),
        tuple(part for part in parts if part),
        kind if text else "",
    )


def _faces(user: Any) -> list[DeskRow]:
    """Faces of the last days by module where five or more tapped one, those with the most bad ones first."""
    lately = Q(reactions__updated_at__gte=timezone.now() - FACES_OF)
    counts = {face.name.lower(): Count("reactions", filter=lately & Q(reactions__face=face)) for face in Face}
    rows: Any = Module.objects.visible_to(user).select_related("published").annotate(**counts)
    enough = rows.annotate(faces=F("bad") + F("so_so") + F("good")).filter(faces__gte=FEWEST_FACES)
    tapped = enough.order_by("-bad", "-so_so", "code")
    return [_face(row) for row in tapped[:ROWS]]


def _face(row: Any) -> DeskRow:
    words = _("faces of seven days: %(good)s good, %(so_so)s so-so, %(bad)s not good")
    counts = words % {"good": row.good, "so_so": row.so_so, "bad": row.bad}
    title = row.published.title if row.published else row.slug
    return DeskRow(title, form_of(row), (counts,))
