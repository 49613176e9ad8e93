"""Questions get their themes: by the engine where it is sure, by a person where it is not."""

from __future__ import annotations

import datetime as dt

import numpy as np
from django.db import transaction
from django.utils import timezone

from ..data import ThemeSource
from ..engine import in_use, similar
from ..engine.classifier.encoder import WIDTH
from ..models import Question, Theme

SWEEP_AFTER = dt.timedelta(minutes=1)


def classify_question(*, question_id: int) -> None:
    """Class one question. What a person said stays; doing it again changes nothing. A merged question has
    the theme of the one it was merged into, as soon as that has one."""
    question = Question.objects.filter(pk=question_id).first()
    if question is None or question.theme_source == ThemeSource.PERSON:
        return
    used = in_use.in_use()
    vector, name = bytes(question.vector or b""), question.encoder
    if len(vector) != 2 * WIDTH or (not used.words_only and name != used.model.encoder):
        vector, name = similar.vector_of(question.text)
    guess = used.model.guess([question.text], np.frombuffer(vector, np.float16)[None, :])[0]
    theme = Theme.objects.filter(code=guess.theme).first() if guess.sure else None
    with transaction.atomic():
        rows = Question.objects.filter(pk=question_id).exclude(theme_source=ThemeSource.PERSON)
        rows.update(
            theme=theme,
            theme_source=ThemeSource.ENGINE if theme else ThemeSource.UNSURE,
            confidence=min(1.0, max(0.0, guess.confidence)),
            top=",".join(guess.top),
            vector=vector,
            encoder=name,
        )
        _one_theme_with_merged(question_id)


def _one_theme_with_merged(question_id: int) -> None:
    """What is answered together is of one theme, whichever of them the engine came to first."""
    row = Question.objects.select_related("merged_into").defer("vector").filter(pk=question_id).first()
    if row is None:  # its asker was erased while the engine thought
        return
    root = row.merged_into or row
    if root.theme_id is not None:
        root.merged.update(theme=root.theme_id, theme_source=root.theme_source)


def waiting_questions() -> list[int]:
    """Ids of questions a lost worker left unclassed, a hundred at most."""
    rows = Question.objects.filter(theme_source=ThemeSource.NONE, created_at__lt=timezone.now() - SWEEP_AFTER)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:100])
