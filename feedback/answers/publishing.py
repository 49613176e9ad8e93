"""Publishing an answer module, and what became of its theme's questions before and after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learners.models import LearningRecord
from mooc.accounts.models import User
from mooc.lib.errors import DomainError
from mooc.lib.privacy import evidence
from mooc.lib.text.localized import LANGS

from ..models import AnswerEntry, AnswerModule, AnswerVersion, Question
from . import entries
from .recurrence import Rate

TEXTS = ("question_zh", "question_en", "answer_zh", "answer_en")
EMPTY = _("There is no answer on this page yet.")
REFUSALS = {"question": _("A question is missing here."), "answer": _("An answer is missing here.")}
WITH_SOURCES = ("sources__lesson", "sources__merged", "sources__deflections")
STRETCH = dt.timedelta(days=30)


def missing(texts: Mapping[str, str]) -> str:
    """``question`` or ``answer`` when an entry has it in no language, else nothing. One language is enough."""
    for name in REFUSALS:
        if not any(texts[f"{name}_{lang}"].strip() for lang in LANGS):
            return name
    return ""


@evidence.writing("publish_answers")
def publish_answers(*, module: AnswerModule, by: User) -> AnswerVersion:
    """Freeze the draft as the next version and show it, most-asked first.

    An entry may be in one language: readers of the other get that one.

    :raises DomainError: when there is no answer, or an entry lacks its question or its answer in every
        language; readers keep what they have.
    """
    with transaction.atomic():
        row = AnswerModule.objects.select_for_update(of=("self",)).get(pk=module.pk)
        written = list(row.entries.prefetch_related(*WITH_SOURCES))
        if not written:
            raise DomainError(str(EMPTY), code="empty")
        for entry in written:
            lacks = missing(_texts(entry))
            if lacks:
                raise DomainError(str(REFUSALS[lacks]), code="incomplete", field=lacks)
        documents = sorted(
            (_document(entry) for entry in written), key=lambda document: -int(str(document["asked"]))
        )
        last = row.versions.first()
        version = AnswerVersion.objects.create(
            module=row,
            number=(last.number if last else 0) + 1,
            intro_zh=row.intro_zh,
            intro_en=row.intro_en,
            checks_zh=row.checks_zh,
            checks_en=row.checks_en,
            entries=documents,
            published_by=by,
            published_at=timezone.now(),
        )
        row.published = version
        row.save()
    return version


def _texts(entry: AnswerEntry) -> dict[str, str]:
    return {name: getattr(entry, name) for name in TEXTS}


def _document(entry: AnswerEntry) -> dict[str, object]:
    """An entry as it is frozen."""
    return {
        **_texts(entry),
        "asked": entries.asked_by(entry),
        "lessons": entries.lessons_of(entry),
        "passages": entries.passages_of(entry),
        "sources": [source.pk for source in entry.sources.all()],
    }


@dataclass(frozen=True, slots=True)
class Effect:
    """New questions of a theme in as many days before and after a version."""

    version: AnswerVersion
    before: Rate
    after: Rate


def effects(module: AnswerModule, now: dt.datetime | None = None) -> list[Effect]:
    """For each version, the newest first, ten at most: 30 days before it, up to 30 after. 4 queries each."""
    now = now or timezone.now()
    found = []
    for version in module.versions.all()[:10]:
        since = min(now - version.published_at, STRETCH)
        days = max(1, round(since / dt.timedelta(days=1)))
        start, at = version.published_at - since, version.published_at
        found.append(Effect(version, _rate(module, start, at, days), _rate(module, at, at + since, days)))
    return found


def _rate(module: AnswerModule, start: dt.datetime, end: dt.datetime, days: int) -> Rate:
    asked = Question.objects.filter(theme=module.theme, created_at__gte=start, created_at__lt=end).count()
    active = LearningRecord.objects.filter(
        happened_at__gte=start, happened_at__lt=end, learner__user__isnull=False
    ).aggregate(n=Count("learner", distinct=True))["n"]
    return Rate(asked, active, days)
