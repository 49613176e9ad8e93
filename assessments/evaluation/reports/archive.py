"""The archive of reports: how each is called on the screen and in a file's name, and by which code its
paper is known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from courses.models import Course, Module

from .. import access
from ..closing import face, selectors, signing
from ..data import ScopeKind
from ..models import EvaluationReport, ReportFile
from . import tables

_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')  # what one system or another refuses
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Filed:
    """A report as the archive shows it: its title in the reader's language; ``code`` as on its paper; ``face``: where
    a monthly paper of a place stands and what changed since."""

    report: EvaluationReport
    title: str
    code: str
    face: str


def reports_of(user: Any) -> Any:
    """Reports a person may read, with all the archive shows of them."""
    csv = ReportFile.objects.filter(report=OuterRef("pk"), format="csv")
    rows = EvaluationReport.objects.visible_to(user).select_related("job", "made_by", "region")
    return signing.with_state(rows.annotate(sum_of_csv=Subquery(csv.values("sha256")[:1])))


def filed(rows: Sequence[Any]) -> list[Filed]:
    """Rows of :func:`reports_of` as they are shown: 3 queries for the names of courses and modules, and for what
    changed since their months were closed."""
    names = _names(rows)
    changed = selectors.changed_of([row for row in rows if signing.can_be_signed(row)])
    return [
        Filed(
            report=row,
            title=_title(row, names),
            code=(row.sum_of_csv or "")[: tables.CODE_LENGTH],
            face=_face(row, changed),
        )
        for row in rows
    ]


def _face(row: Any, changed: dict[int, int]) -> str:
    """Empty for what nobody signs."""
    if row.pk not in changed:
        return ""
    return face.line(row.last_act or "", row.last_by or "", row.last_at, changed[row.pk])


def _names(rows: Sequence[EvaluationReport]) -> dict[tuple[str, str], str]:
    """Courses and modules by kind and slug, in the reader's language."""
    slugs: dict[str, set[str]] = {ScopeKind.COURSE: set(), ScopeKind.MODULE: set()}
    for row in rows:
        slugs.get(row.kind, set()).add(row.key)
    courses = Course.objects.filter(slug__in=slugs[ScopeKind.COURSE])
    modules = Module.objects.filter(slug__in=slugs[ScopeKind.MODULE]).select_related("published")
    return {(str(ScopeKind.COURSE), row.slug): str(row) for row in courses} | {
        (str(ScopeKind.MODULE), row.slug): row.published.title for row in modules if row.published
    }


def _title(row: EvaluationReport, names: dict[tuple[str, str], str]) -> str:
    """The title in the reader's language; of what has no other name or is gone, as it was filed."""
    if row.kind == ScopeKind.REGION:
        return access.place_title(row.region)
    what = names.get((row.kind, row.key))
    return access.in_place(what, row.region) if what else row.title


def file_name(report: EvaluationReport, kind: str) -> str:
    """What a browser saves a file as, in the language of the report: place, kind, month or day, number."""
    with translation.override(report.language):
        name = _("%(what)s, evaluation report, %(month)s, no. %(number)s") % {
            "what": report.title[:LONGEST_NAME],
            "number": report.pk,
            "month": report.month or f"{timezone.localtime(report.as_of):%Y-%m-%d}",
        }
    return f"{_NOT_IN_NAMES.sub('-', name)}.{kind}"
