"""Every row that is a job, through the one mechanism: killed at any point nothing is lost and nothing doubled."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from assessments.evaluation import services as evaluation
from assessments.evaluation.data import JobKind
from assessments.evaluation.models import EvaluationSnapshot
from feedback.engine import in_use
from feedback.engine.classifier import corpus, encoder, engine, store
from feedback.inbox import notices
from feedback.learning import training, training_runs
from feedback.models import ClassifierVersion, Notice, TrainingRun
from learners.people.guests import learner_of
from mooc.accounts import services as accounts
from mooc.accounts.models import TextMessage
from mooc.jobs import services as jobs
from mooc.jobs.models import Job
from mooc.jobs.tasks import sweep
from mooc.lib import jobrow
from mooc.lib.jobrow import JobRow, JobState
from tests.asking import ask
from tests.feedback.test_classifier import some

pytestmark = pytest.mark.django_db


class Fate:
    """Kills whoever comes by, where it was told to."""

    def __init__(self) -> None:
        self.at = ""

    def strike(self, point: str) -> None:
        if self.at == point:
            raise SystemExit


@dataclass
class Case:
    """One kind of rows.

    :param make: the row, as its room makes it.
    :param effects: how often its work was done, for others to see.
    :param in_one: its result and its end are one transaction; else a machine of somebody else has the result
        first, and a worker killed just then leads to it a second time.
    """

    model: type[JobRow]
    make: Callable[[], JobRow]
    effects: Callable[[], int]
    in_one: bool


@pytest.fixture
def fate() -> Fate:
    return Fate()


@pytest.fixture
def a_job(fate: Fate, monkeypatch: pytest.MonkeyPatch) -> Case:
    counted, stored = evaluation.snapshots_by_place, evaluation.store

    def counting(*args: Any) -> Any:
        fate.strike("before")
        return counted(*args)

    def storing(rows: Any) -> None:
        stored(rows)
        fate.strike("after")

    monkeypatch.setattr(evaluation, "snapshots_by_place", counting)
    monkeypatch.setattr(evaluation, "store", storing)

    def make() -> Job:
        return jobs.ask_for(kind=JobKind.EVALUATE, key="tree", as_of=timezone.now(), by=None)[0]

    return Case(Job, make, EvaluationSnapshot.objects.count, in_one=True)


@pytest.fixture
def a_text(fate: Fate, monkeypatch: pytest.MonkeyPatch) -> Case:
    taken: list[str] = []

    class Gateway:
        def send(self, phone: str, text: str) -> None:
            fate.strike("before")
            taken.append(phone)
            fate.strike("after")

    monkeypatch.setattr("mooc.accounts.messages.sms.sender", Gateway)
    return Case(
        TextMessage, lambda: accounts.send_code(phone="13805716021"), lambda: len(taken), in_one=False
    )


@pytest.fixture
def a_mail(fate: Fate, make_user: Any, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Case:
    settings.MAIL_READY = True
    learner, real = learner_of(make_user("guixiang")), notices.send_mail

    def server(*args: Any) -> None:
        fate.strike("before")
        real(*args)
        fate.strike("after")

    monkeypatch.setattr(notices, "send_mail", server)

    def make() -> Notice:
        notices.choose(learner=learner, by_mail=True, email="li@example.org")
        return notices.tell(learner, "answered", ask(learner, "鸡蛋怎么寄？"))  # type: ignore[arg-type]  # the value of the choice

    return Case(Notice, make, lambda: len(mail.outbox), in_one=False)


@pytest.fixture
def a_training(fate: Fate, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Iterator[Case]:
    examples = some(12)
    model, put = engine.train(examples), training._put_in_use

    def train(rows: Any) -> engine.Model:
        fate.strike("before")
        return model

    def putting(version: ClassifierVersion) -> None:
        put(version)
        fate.strike("after")

    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(corpus, "shipped", lambda: list(examples))
    monkeypatch.setattr(in_use, "SHIPPED", tmp_path / "shipped")
    store.save(model, in_use.shipped_path(encoder.encoder_id()))
    in_use.forget()
    monkeypatch.setattr(engine, "train", train)
    monkeypatch.setattr(training, "_put_in_use", putting)
    monkeypatch.setattr(training, "is_due", lambda enough: True)
    yield Case(TrainingRun, training_runs.ask, ClassifierVersion.objects.count, in_one=True)
    in_use.forget()


@pytest.fixture(params=["a_job", "a_text", "a_mail", "a_training"])
def case(request: Any) -> Case:
    made: Case = request.getfixturevalue(request.param)
    return made


def swept(model: type[JobRow]) -> None:
    """What the scheduler sends each minute, in the queue of these rows; a worker may die at it."""
    (queue,) = [kind.queue for _name, kind in jobrow.swept if kind.model is model]
    with contextlib.suppress(SystemExit):
        sweep(queue)


def silent_for_long(case: Case) -> None:
    long_ago = timezone.now() - case.model.lost_after - dt.timedelta(seconds=1)
    jobrow.open_of(case.model).exclude(seen_at=None).update(seen_at=long_ago)


def stands(case: Case, row: JobRow) -> tuple[str, int, int]:
    """The state of a row, who took it, and how often its work was done."""
    row.refresh_from_db()
    return row.state, row.tries, case.effects()


def test_every_kind_of_row_is_played_here() -> None:
    assert {kind.model for _name, kind in jobrow.swept} == {Job, TextMessage, Notice, TrainingRun}


def test_a_lost_message_is_made_good_by_the_sweep_and_a_late_one_does_nothing(case: Case) -> None:
    row = case.make()
    assert case.effects() == 0
    for _minute in range(3):
        swept(case.model)
        silent_for_long(case)
    (kind,) = [kind for _name, kind in jobrow.swept if kind.model is case.model]
    kind.do(row.pk)
    assert stands(case, row) == (JobState.DONE, 1, 1)
    assert row.ended_at


@pytest.mark.parametrize("point", ["taken", "before", "after"])
def test_killed_at_any_point_the_next_worker_does_it_once(case: Case, fate: Fate, point: str) -> None:
    """``taken``: nothing done yet; ``before`` its effect; ``after`` it, before the row says so."""
    row = case.make()
    if point == "taken":
        assert jobrow.take(case.model, row.pk)
    fate.at = point
    swept(case.model)
    fate.at = ""
    already = int(point == "after" and not case.in_one)
    assert stands(case, row) == (JobState.RUNNING, 1, already)
    swept(case.model)
    assert stands(case, row) == (JobState.RUNNING, 1, already)  # its worker may still be at it
    for _minute in range(2):
        silent_for_long(case)
        swept(case.model)
    assert stands(case, row) == (JobState.DONE, 2, already + 1)


def test_killed_each_time_it_is_given_up_and_keeps_no_secret(case: Case, fate: Fate) -> None:
    row = case.make()
    fate.at = "before"
    for _worker in range(case.model.most_tries + 2):
        swept(case.model)
        silent_for_long(case)
    assert stands(case, row) == (JobState.FAILED, case.model.most_tries, 0)
    assert row.ended_at
    assert {name: getattr(row, name) for name in case.model.forgets} == case.model.forgets


def test_of_two_workers_one_gets_it_and_one_thought_dead_writes_nothing(case: Case) -> None:
    row = case.make()
    first = jobrow.take(case.model, row.pk)
    assert first
    assert jobrow.take(case.model, row.pk) is None
    silent_for_long(case)
    second = jobrow.take(case.model, row.pk)
    assert second
    with pytest.raises(jobrow.Stopped):
        first.alive()
    assert not first.end()
    first.put_back("TimeoutError")
    assert stands(case, row) == (JobState.RUNNING, 2, 0)
    assert second.end()
    assert not second.end(JobState.FAILED)
    assert stands(case, row) == (JobState.DONE, 2, 0)


def test_what_was_erased_meanwhile_is_no_error(case: Case) -> None:
    row = case.make()
    hold = jobrow.take(case.model, row.pk)
    assert hold
    case.model._default_manager.filter(pk=row.pk).delete()
    assert not hold.end()
    assert jobrow.take(case.model, row.pk) is None
