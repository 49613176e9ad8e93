"""The tracking file (一人一档): one structure, shown as page, JSON, CSV and PDF."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.models import LessonEdition, Module
from mooc.lib import registry
from mooc.lib.pages.look import spent
from mooc.lib.text.cells import harmless
from mooc.lib.text.cleaning import mask_phone

from ..data import TrackingSection, Verb
from ..models import Enrolment, Learner, LearningRecord, LessonProgress

MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class TrackingFile:
    """Everything in a learner's file, in the reader's language."""

    name: str
    place: str
    phone: str
    lessons_done: int
    seconds: int
    right_answers: int
    modules_done: int
    sections: tuple[TrackingSection, ...]
    made_at: str
    lessons: int = 0  # in all the modules enrolled in

    @property
    def who(self) -> str:
        """Name, place and number in one line, as far as they are known."""
        return _(", ").join(part for part in (self.name, self.place, self.phone) if part)

    @property
    def hours(self) -> str:
        """Learning time in hours with one decimal."""
        return f"{self.seconds / 3600:.1f}"


@dataclass(frozen=True, slots=True)
class FileRows:
    """The rows a file is made of. Each enrolment has ``right``: right answers in its module, and
    ``lessons``: how many the module has."""

    enrolments: list[Any]
    progress: list[LessonProgress]
    finished: list[LearningRecord]


def file_rows(learner: Learner) -> FileRows:
    """Read what a learner's file is made of: 3 queries."""
    right = (
        LearningRecord.objects.filter(
            learner=OuterRef("learner"),
            module_slug=OuterRef("module__slug"),
            verb=Verb.ANSWERED,
            success=True,
        )
        .order_by()
        .values("learner")
        .annotate(n=Count("pk"))
        .values("n")
    )
    lessons = LessonEdition.objects.filter(edition=OuterRef("module__published")).order_by().values("edition")
    finished = LearningRecord.objects.filter(learner=learner, object_type="lesson", verb=Verb.COMPLETED)
    return FileRows(
        list(
            Enrolment.objects.filter(learner=learner)
            .select_related("module__published", "module__draft")
            .annotate(right=Subquery(right), lessons=Subquery(lessons.annotate(n=Count("pk")).values("n")))
            .order_by("-last_at")
        ),
        list(LessonProgress.objects.filter(learner=learner).select_related("lesson")),
        list(finished.order_by("-happened_at")[:MOST_ROWS]),
    )


def tracking_file(learner: Learner, rows: FileRows | None = None) -> TrackingFile:
    """A learner's file: the queries of :func:`file_rows`, and one or two for each registered provider."""
    rows = rows or file_rows(learner)
    sections = [_modules_section(rows), _lessons_section(rows)]
    for _name, provider in registry.tracking_section:
        sections += provider(learner)
    sections.sort(key=lambda section: section.folded)
    user, done = learner.user, sum(row.done_at is not None for row in rows.progress)
    return TrackingFile(
        name=str(user) if user else _("Learning on this phone"),
        place=learner.region.name if learner.region else "",
        phone=mask_phone(user.phone) if user and user.phone else "",
        lessons_done=done,
        seconds=sum(row.seconds for row in rows.progress),
        right_answers=sum(row.right or 0 for row in rows.enrolments),
        modules_done=sum(row.completed_at is not None for row in rows.enrolments),
        sections=tuple(sections),
        made_at=date_format(timezone.localtime(), "Y-m-d H:i"),
        lessons=max(done, sum(row.lessons or 0 for row in rows.enrolments)),  # one may have been taken away
    )


def _modules_section(rows: FileRows) -> TrackingSection:
    """Modules: how far, best score, done when."""
    begun = _begun(rows)
    return TrackingSection(
        code="modules",
        title=_("Modules"),
        columns=(_("Module"), _("Lessons read"), _("Time"), _("Best quiz"), _("State")),
        rows=tuple(
            (
                _module_title(row.module),
                str(row.lessons_done),
                spent(row.seconds) if row.module_id in begun else "–",
                f"{row.best_score:.0%}" if row.best_score is not None else "–",
                _("finished %(day)s") % {"day": _day(row.completed_at)}
                if row.completed_at
                else (_("under way") if row.module_id in begun else _("not begun yet")),
            )
            for row in rows.enrolments[:MOST_ROWS]
        ),
        theirs=_("Modules they are in"),
    )


def _begun(rows: FileRows) -> set[int]:
    """Modules with more than the enrolment: a class enrols its members in modules they never opened."""
    opened = {row.module_id for row in rows.progress}
    return opened | {row.module_id for row in rows.enrolments if row.best_score is not None}


def _lessons_section(rows: FileRows) -> TrackingSection:
    """Lessons, the last one first. A lesson finished twice (on two phones) stands here once."""
    seconds = {row.lesson.slug: row.seconds for row in rows.progress}
    first = {record.object_id: record for record in rows.finished}
    newest = sorted(first.values(), key=lambda row: row.happened_at, reverse=True)
    return TrackingSection(
        code="lessons",
        title=_("Lessons read"),
        columns=(_("Lesson"), _("Date"), _("Time")),
        rows=tuple(
            (
                record.title,
                _day(record.happened_at),
                spent(seconds.get(record.object_id, 0)),
            )
            for record in newest
        ),
        theirs=_("Lessons they finished"),
    )


def _day(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "Y-m-d")


def as_json(file: TrackingFile) -> dict[str, Any]:
    """The file as plain data."""
    return {
        "name": file.name,
        "place": file.place,
        "phone": file.phone,
        "made_at": file.made_at,
        "lessons_done": file.lessons_done,
        "modules_done": file.modules_done,
        "seconds": file.seconds,
        "right_answers": file.right_answers,
        "sections": [
            {
                "code": section.code,
                "title": section.title,
                "columns": list(section.columns),
                "rows": [list(row) for row in section.rows],
            }
            for section in file.sections
        ],
    }


def as_csv(file: TrackingFile) -> str:
    """The file as one table with a byte-order mark, as spreadsheet programs here expect."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    for row in _csv_rows(file):
        writer.writerow([harmless(cell) for cell in row])
    return out.getvalue()


def _csv_rows(file: TrackingFile) -> Iterator[tuple[str, ...]]:
    yield (_("Name"), file.name)
    yield (_("Place"), file.place)
    yield (_("Lessons read"), str(file.lessons_done))
    yield (_("Hours"), file.hours)
    yield (_("Data of"), file.made_at)
    for section in file.sections:
        yield ()
        yield (section.title,)
        yield section.columns
        yield from section.rows


def _module_title(module: Module) -> str:
    edition = module.published or module.draft
    return edition.title if edition else module.slug
