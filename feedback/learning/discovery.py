"""New themes: found at night among the questions the engine is not sure of, named by a person."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable

import numpy as np
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from mooc.accounts.models import User
from mooc.lib.errors import DomainError
from mooc.lib.text.cleaning import clean

from ..data import ThemeSource
from ..engine import in_use
from ..engine.classifier import clusters, corpus, encoder
from ..engine.classifier.wording import tidy
from ..models import Question, Theme, ThemeProposal
from ..questions import answering

ENOUGH = 30  # unsure questions; fewer say nothing
MOST = 500  # the newest: a second of work
LOOK_BACK = dt.timedelta(days=180)


def find_new_themes() -> int:
    """Look for groups among unsure questions; what was found before and not named is replaced.

    :returns: how many groups there are now.
    """
    rows = _unsure() if encoder.encoder_id() != encoder.HASH_ONLY else []
    found: list[clusters.Cluster] = []
    if len(rows) >= ENOUGH:
        meaning = np.stack([np.frombuffer(bytes(row.vector or b""), np.float16) for row in rows])
        centre, leave = in_use.in_use().model.scale.mean, _by_language(encoder.encoder_id())
        found = clusters.find([row.text for row in rows], meaning, centre, leave=leave)
    with transaction.atomic():
        ThemeProposal.objects.all().delete()
        for cluster in found:
            proposal = ThemeProposal.objects.create(
                words=" ".join(cluster.words)[:200], central=[rows[row].pk for row in cluster.central]
            )
            proposal.questions.set([rows[row] for row in cluster.rows])
    return len(found)


@functools.cache
def _by_language(_encoder: str) -> np.ndarray:
    """How the languages differ, from the shipped examples: a thousand of them, encoded once a process."""
    known = clusters.few_of_each(corpus.shipped())
    return clusters.by_language(known, encoder.encode([tidy(example.text) for example in known]))


def _unsure() -> list[Question]:
    wanted = Question.objects.filter(
        theme_source=ThemeSource.UNSURE,
        theme=None,
        hidden_at=None,
        merged_into=None,
        encoder=encoder.encoder_id(),
        vector__isnull=False,
        created_at__gt=timezone.now() - LOOK_BACK,
    )
    return list(wanted.order_by("-pk")[:MOST])


def name_theme(
    *,
    proposal: ThemeProposal,
    questions: Iterable[Question],
    by: User,
    theme: Theme | None = None,
    name_zh: str = "",
    name_en: str = "",
) -> Theme:
    """Make a theme of a group, or say that it belongs to one there is; its questions become examples.

    :param questions: those that truly belong.
    :raises DomainError: without names in both languages, with a name that is taken, or with fewer
        questions than the engine needs for a new theme; nothing is changed.
    """
    chosen = list(questions)
    if not chosen or (theme is None and len(chosen) < clusters.FEWEST_IN_GROUP):
        raise DomainError(
            _("A new theme needs %(n)s questions at least.") % {"n": clusters.FEWEST_IN_GROUP}, code="few"
        )
    with transaction.atomic():
        named = theme or _new_theme(clean(name_zh), clean(name_en))
        for question in chosen:
            answering.set_theme(question=question, theme=named, by=by)
        proposal.delete()
    return named


def _new_theme(name_zh: str, name_en: str) -> Theme:
    code = slugify(name_en).replace("-", "_")[:40]
    if not name_zh or not code:
        raise DomainError(_("Name it in both languages."), code="name", field="name_zh")
    try:
        with transaction.atomic():
            return Theme.objects.create(
                code=code, name_zh=name_zh[:40], name_en=name_en[:60], order=Theme.objects.count()
            )
    except IntegrityError as error:
        raise DomainError(
            _("There is a theme of this name already."), code="taken", field="name_en"
        ) from error
