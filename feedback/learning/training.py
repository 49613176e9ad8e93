"""The engine learns: retraining with a guard, versions, and the way back."""

from __future__ import annotations

import functools
import logging
import time

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from mooc.accounts.models import User
from mooc.lib import jobrow
from mooc.lib.errors import DomainError
from mooc.lib.jobrow import Hold, Stopped
from mooc.lib.text.cleaning import language_of

from ..engine import in_use
from ..engine.classifier import corpus, encoder, engine, store
from ..engine.classifier.corpus import Example
from ..models import ClassifierVersion, Theme, TrainingExample, TrainingRun
from ..questions import answering
from . import training_runs

logger = logging.getLogger(__name__)
State = ClassifierVersion.State
ENOUGH_CORRECTIONS = 10
MAY_FALL = 0.01  # of out-of-fold macro-F1
KEPT_FILES = 10
MOST_DOUBTS = 500
A_DAY = 24 * 3600.0


def examples() -> list[Example]:
    """The shipped corpus and what trainers have said since."""
    return corpus.shipped() + [_as_example(row) for row in _labelled()]


def _labelled() -> list[TrainingExample]:
    return list(TrainingExample.objects.select_related("theme", "question").order_by("pk"))


def _as_example(row: TrainingExample) -> Example:
    return Example(row.theme.code, language_of(row.question.text), row.question.text)


def corrections_since() -> int:
    """How many themes people have said since the active version was made."""
    active = ClassifierVersion.objects.order_by("-pk").first()
    rows = TrainingExample.objects.all()
    return (rows.filter(updated_at__gt=active.created_at) if active else rows).count()


def is_due(enough: int = ENOUGH_CORRECTIONS) -> bool:
    """Whether to train: enough was corrected, the themes are others than the model's, or the file of the
    version in use is lost."""
    used = in_use.in_use()
    if used.version is None and ClassifierVersion.objects.filter(state=State.ACTIVE).exists():
        return True
    known = set(used.model.themes)
    changed = set(Theme.objects.values_list("code", flat=True)) - known
    new = set(TrainingExample.objects.filter(theme__code__in=changed).values_list("theme__code", flat=True))
    return corrections_since() >= enough or bool(new)


def retrain(*, reason: str, by: User | None = None) -> ClassifierVersion:
    """Train on everything known, and use the result unless it is worse than what is in use.

    The file is written whole before a row names it: killed midway, the old model stays. The same
    examples give the version that is already there.

    :raises Stopped: when another worker has taken the training over meanwhile.
    """
    version = jobrow.carry_out(training_runs.take(), functools.partial(_retrain, reason=reason, by=by))
    if version is None:
        raise Stopped
    return version


def train_run(run_id: int) -> None:
    """Do a training that waits or whose worker died, where there is something to learn."""
    if is_due(enough=1):
        jobrow.run(TrainingRun, run_id, functools.partial(_retrain, reason="nightly"))
    else:
        jobrow.run(TrainingRun, run_id, lambda hold: hold.end(outcome=training_runs.Outcome.SAME))


def _retrain(hold: Hold[TrainingRun], *, reason: str, by: User | None = None) -> ClassifierVersion:
    begun = timezone.now()  # what is corrected from now on counts for the next one
    labelled = _labelled()
    rows = corpus.shipped() + [_as_example(row) for row in labelled]
    digest = in_use.digest_of(rows, encoder.encoder_id())
    file = f"themes-{digest[:16]}.npz"
    known = ClassifierVersion.objects.filter(file=file).first()
    if known is not None and _is_whole(file):
        _end(hold, known, made=False)
        return known
    old = in_use.in_use().model
    model = engine.train(rows)
    checksum = store.save(model, in_use.folder() / file)
    worse = _on_themes_of(old, model) < old.metrics["macro_f1"] - MAY_FALL
    with transaction.atomic():
        version, made = ClassifierVersion.objects.get_or_create(
            file=file,
            defaults={
                "sha256": checksum,
                "encoder": model.encoder,
                "state": State.REFUSED if worse else State.KEPT,
                "examples": len(rows),
                "corrections": TrainingExample.objects.count(),
                "macro_f1": model.metrics["macro_f1"],
                "coverage": model.metrics["coverage"],
                "precision": model.metrics["precision"],
                "threshold": model.threshold,
                "reason": reason[:60],
                "made_by": by,
            },
        )
        ClassifierVersion.objects.filter(pk=version.pk).update(sha256=checksum, created_at=begun)
        if made and not worse:
            _put_in_use(version)
        _note_doubts(labelled, model.doubts, first=len(rows) - len(labelled))
        _end(hold, version, made=made)
    logger.info("classifier version %s: macro-F1 %.3f, %s", version.pk, version.macro_f1, version.state)
    _forget_old_files()
    return version


def _end(hold: Hold[TrainingRun], version: ClassifierVersion, *, made: bool) -> None:
    if not hold.end(version=version, outcome=training_runs.outcome_of(version, made=made)):
        raise Stopped


def _note_doubts(labelled: list[TrainingExample], doubts: tuple[engine.Doubt, ...], *, first: int) -> None:
    """Keep which of people's labels are worth a second look; what was looked at again is left alone.

    :param first: the row of the first of ``said`` among the examples of the model.
    """
    TrainingExample.objects.exclude(doubted_as=None).update(doubted_as=None, doubt=None)
    named = {theme.code: theme for theme in Theme.objects.all()}
    for doubt in doubts[:MOST_DOUBTS]:
        if doubt.row >= first and doubt.theme in named:
            row = TrainingExample.objects.filter(pk=labelled[doubt.row - first].pk, looked_again=False)
            row.update(doubted_as=named[doubt.theme], doubt=doubt.chance)


def doubted(rows: QuerySet[TrainingExample]) -> QuerySet[TrainingExample]:
    """Those that wait for a second look, the least believable first."""
    rows = rows.filter(doubted_as__isnull=False, looked_again=False)
    return rows.select_related("question", "theme", "doubted_as").order_by("-doubt", "pk")


def settle(*, example: TrainingExample, change: bool, by: User) -> None:
    """A person has looked again: the theme becomes the one the engine thinks of, or stays. Once."""
    with transaction.atomic():
        row = TrainingExample.objects.select_for_update(of=("self",)).get(pk=example.pk)
        if row.looked_again or row.doubted_as is None:
            return
        theme = row.doubted_as if change else row.theme
        TrainingExample.objects.filter(pk=row.pk).update(looked_again=True, doubted_as=None, doubt=None)
        if change:
            answering.set_theme(question=row.question, theme=theme, by=by)


def _is_whole(file: str) -> bool:
    try:
        store.load(in_use.folder() / file, encoder.encoder_id())
    except store.Unusable:
        return False
    return True


def _on_themes_of(old: engine.Model, model: engine.Model) -> float:
    """The new model's out-of-fold macro-F1 over the themes the old one knows: a young theme with few
    examples is no reason to refuse it."""
    scores = [model.metrics[f"f1 {theme}"] for theme in old.themes if theme in model.themes]
    return sum(scores) / len(scores) if scores else 0.0


def activate(*, version: ClassifierVersion, by: User) -> None:
    """Use a kept version again: the way back in one click.

    :raises DomainError: when its file cannot be used here; the one in use stays.
    """
    try:
        store.load(in_use.folder() / version.file, encoder.encoder_id())
    except store.Unusable as error:
        raise DomainError(_("This version cannot be used: %(why)s") % {"why": error}) from error
    with transaction.atomic():
        _put_in_use(version)
    logger.info("classifier version %s put in use by user %s", version.pk, by.pk)


def use_shipped(*, by: User) -> None:
    """Go back to the model that came with the product."""
    ClassifierVersion.objects.filter(state=State.ACTIVE).update(state=State.KEPT)
    logger.info("shipped classifier put in use by user %s", by.pk)


def _put_in_use(version: ClassifierVersion) -> None:
    ClassifierVersion.objects.filter(state=State.ACTIVE).update(state=State.KEPT)
    version.state, version.used_since = State.ACTIVE, timezone.now()
    version.save(update_fields=["state", "used_since", "updated_at"])


def _forget_old_files() -> None:
    """Keep the newest files and the active one's; their rows stay as a log."""
    kept = set(ClassifierVersion.objects.values_list("file", flat=True)[:KEPT_FILES])
    kept |= set(ClassifierVersion.objects.filter(state=State.ACTIVE).values_list("file", flat=True))
    for path in in_use.folder().glob("themes-*.npz"):
        if path.name not in kept:
            path.unlink(missing_ok=True)
    for path in in_use.folder().glob("*.part"):  # of a worker that was killed while it wrote
        if time.time() - path.stat().st_mtime > A_DAY:
            path.unlink(missing_ok=True)
