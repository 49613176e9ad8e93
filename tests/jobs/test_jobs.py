"""Jobs: taken once, alive or taken over, ended once, cancelled at will; nothing half done is ever seen."""

from __future__ import annotations

import datetime as dt
import math
import time
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from assessments.evaluation import gauges, services, tasks
from assessments.evaluation.data import JobKind, Scope
from assessments.evaluation.models import EvaluationSnapshot
from mooc.jobs import gauges as job_gauges
from mooc.jobs import services as jobs
from mooc.jobs import tasks as job_tasks
from mooc.jobs.data import Kind, kinds
from mooc.jobs.models import Job
from mooc.jobs.services import Pulse
from mooc.lib import jobrow
from mooc.lib.jobrow import JobState, Stopped
from tests import world

pytestmark = [pytest.mark.django_db]


def ask(key: str = services.WHOLE_TREE) -> Job:
    return jobs.ask_for(kind=JobKind.EVALUATE, key=key, as_of=timezone.now(), by=None)[0]


def nothing(job: Job, pulse: Pulse) -> None:
    pulse.end(JobState.DONE)


def test_two_taps_are_one_job_until_it_ended() -> None:
    first = ask()
    assert ask() == first
    jobs.run(first.pk, (nothing))
    assert ask() != first


def test_a_job_is_run_once_however_often_its_message_comes() -> None:
    runs = []

    def work(job: Job, pulse: Pulse) -> None:
        runs.append(job.tries)
        pulse(1, 2)
        pulse.end(JobState.DONE)

    job = ask()
    for _message in range(3):
        jobs.run(job.pk, (work))
    job.refresh_from_db()
    assert runs == [1]
    assert (job.state, job.percent) == (JobState.DONE, 100)


def test_a_running_job_is_left_alone_while_its_worker_lives() -> None:
    job = ask()

    def work(job: Job, pulse: Pulse) -> None:
        assert jobrow.waiting(Job) == []
        jobs.run(job.pk, (lambda *_a: pytest.fail("taken twice")))
        pulse.end(JobState.DONE)

    jobs.run(job.pk, (work))
    job.refresh_from_db()
    assert job.tries == 1


def test_a_job_whose_worker_died_is_taken_over_and_the_dead_one_writes_nothing() -> None:
    job = ask()
    old: list[Pulse] = []

    def dies(job: Job, pulse: Pulse) -> None:
        old.append(pulse)

    jobs.run(job.pk, (dies))  # as a killed worker leaves it: running, no end
    assert jobrow.waiting(Job) == []
    Job.objects.filter(pk=job.pk).update(seen_at=timezone.now() - dt.timedelta(minutes=5))
    assert jobrow.waiting(Job) == [job.pk]
    jobs.run(job.pk, (nothing))
    job.refresh_from_db()
    assert (job.state, job.tries) == (JobState.DONE, 2)
    with pytest.raises(Stopped):
        old[0](1, 2)
    assert not old[0].end(JobState.FAILED)


def test_a_job_that_never_ends_is_given_up_and_says_so() -> None:
    job = ask()
    for _try in range(Job.most_tries + 1):
        jobs.run(job.pk, (lambda *_a: None))
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(
            seen_at=timezone.now() - dt.timedelta(hours=1)
        )
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert job.error


def test_an_error_ends_a_job_with_its_kind_and_no_private_words() -> None:
    job = ask()

    def fails(job: Job, pulse: Pulse) -> None:
        raise DatabaseError("phone 13805716021")

    with pytest.raises(DatabaseError):
        jobs.run(job.pk, (fails))
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "DatabaseError")


def test_a_cancelled_job_stops_at_its_next_sign_of_progress_and_leaves_nothing() -> None:
    job = ask()

    def work(job: Job, pulse: Pulse) -> None:
        assert jobs.cancel(job=job)
        pulse(1, 2)
        pytest.fail("went on")

    jobs.run(job.pk, (work))
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert not jobs.cancel(job=job)


@pytest.mark.usefixtures("curriculum")
def test_cancelled_in_the_last_moment_no_snapshot_stands(
    make_user: Any, regions: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    world.build(make_user, regions)
    job, store = ask(), services.store

    def cancel_then_store(snapshots: Any) -> None:
        store(snapshots)
        Job.objects.filter(pk=job.pk).update(state=JobState.CANCELLED)

    monkeypatch.setattr(services, "store", cancel_then_store)
    job_tasks.run_job(job.pk)
    job.refresh_from_db()
    assert not EvaluationSnapshot.objects.exists()


@pytest.mark.usefixtures("curriculum")
def test_the_night_counts_once_however_often_it_comes(make_user: Any, regions: dict[str, Any]) -> None:
    world.build(make_user, regions)
    for _night in range(2):
        with transaction.atomic():
            tasks.evaluate_nightly()
        job_tasks.sweep("heavy")
    assert Job.objects.get().state == JobState.DONE
    first = set(EvaluationSnapshot.objects.values_list("pk", flat=True))
    tasks.evaluate_nightly()
    job_tasks.sweep("heavy")
    assert set(EvaluationSnapshot.objects.values_list("pk", flat=True)) == first
    assert {row.as_of for row in EvaluationSnapshot.objects.all()} == {services.today_begins()}


def test_a_worker_killed_in_the_middle_leaves_a_job_that_the_next_one_finishes(site: Any) -> None:
    """Real processes, on SQLite and PostgreSQL: kill -9, start again, one result."""
    site.manage("shell", "-v", "0", "-c", MANY_CLASSES)
    site.start_worker()
    _until(site, "running")
    site.kill("worker")
    assert site.rows("SELECT state, tries FROM jobs_job") == [("running", 1)]
    assert site.rows("SELECT count(*) FROM evaluation_evaluationsnapshot") == [(0,)]
    site.manage("shell", "-v", "0", "-c", NIGHT_LATER)
    site.start_worker()
    _until(site, "done")
    assert site.rows("SELECT tries, percent FROM jobs_job") == [(2, 100)]
    assert site.rows("SELECT count(*) FROM evaluation_evaluationsnapshot WHERE kind = 'cohort'") == [
        (CLASSES,)
    ]


CLASSES = 150  # enough work to be killed in
MANY_CLASSES = f"""
import datetime as dt
from django.utils import timezone
from learners.models import Cohort
from mooc.accounts.models import Region, User
from mooc.jobs import services as jobs
from mooc.jobs import tasks as job_tasks
from assessments.evaluation.data import JobKind
place = Region.objects.create(code="36", level=1, name_zh="省", name_en="Province")
lead, today = User.objects.create(username="lead"), timezone.localdate()
Cohort.objects.bulk_create(
    Cohort(title=str(n), code=f"K{{n:07}}", trainer=lead, region=place, starts_on=today, ends_on=today)
    for n in range({CLASSES})
)
job, _new = jobs.ask_for(kind=JobKind.EVALUATE, key="tree", as_of=timezone.now(), by=None)
job_tasks.run_job.delay(job.pk)
"""
NIGHT_LATER = """
import datetime as dt
from mooc.jobs.models import Job
from mooc.jobs.tasks import sweep
from django.utils import timezone
Job.objects.update(seen_at=timezone.now() - dt.timedelta(minutes=5))
sweep.delay("heavy")
"""


def _until(site: Any, state: str) -> None:
    for _try in range(1200):
        if site.rows("SELECT state FROM jobs_job") == [(state,)]:
            return
        time.sleep(0.05)
    raise AssertionError(site.rows("SELECT state, error, percent FROM jobs_job"))


def test_a_job_that_ended_while_another_asked_for_it_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    job = ask()
    real = jobrow.open_of

    def ended_in_between(model: Any) -> Any:
        Job.objects.filter(pk=job.pk).update(state=JobState.DONE)
        return real(model)

    monkeypatch.setattr(jobrow, "open_of", ended_in_between)
    assert ask().pk != job.pk


def test_one_failing_job_stops_no_other_and_a_sweep_ends_after_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails_once(job: Job, pulse: Pulse) -> None:
        if job.key == "bad":
            raise DatabaseError
        pulse.end(JobState.DONE)

    monkeypatch.setitem(kinds.providers, JobKind.EVALUATE, Kind("", fails_once, lambda _job, _by: None))
    for key in ("bad", "good", "later"):
        ask(key)
    job_tasks.sweep("heavy")
    assert list(Job.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "done", "done"]
    monkeypatch.setattr(job_tasks, "SWEEP_SECONDS", -1)
    for key in ("one", "two"):
        ask(key)
    job_tasks.sweep("heavy")
    assert jobrow.open_of(Job).get().key == "two"


@pytest.mark.usefixtures("curriculum")
def test_counting_gives_signs_of_life_between_its_parts(make_user: Any, regions: dict[str, Any]) -> None:
    """Else a count of many people, longer than three minutes, would be taken for dead and begun again."""
    world.build(make_user, regions)
    job, told = ask("360321"), []

    class Listening(Pulse):
        def __call__(self, done: int, total: int) -> None:
            super().__call__(done, total)
            told.append(round(100 * done / total))

    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING)
    services.evaluate(job, Listening(job))
    assert told == [0, *range(4, 41, 4), 90, 95]  # ten parts of counting, needs, checks


# --- the operator's desk --------------------------------------------------------------------------


def test_operators_see_what_failed_and_ask_for_it_again(people: dict[str, Any]) -> None:
    job = ask("99")
    job_tasks.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "There is no such place, class, course or module.")
    client = Client()
    client.force_login(people["operator"])
    assert "没有" in client.get("/admin/jobs/job/", headers={"Accept-Language": "zh"}).content.decode()
    assert client.get(f"/admin/jobs/job/{job.pk}/change/").status_code == 200
    action = {"action": "ask_again", "_selected_action": [job.pk]}
    for _tap in range(2):
        client.post("/admin/jobs/job/", action)
    again = jobrow.open_of(Job).get()
    assert (again.key, again.as_of, again.made_by) == (job.key, job.as_of, people["operator"])
    assert client.get("/admin/jobs/job/add/").status_code in (403, 404)
    assert client.post(f"/admin/jobs/job/{job.pk}/delete/", {"post": "yes"}).status_code in (403, 404)
    assert Job.objects.filter(pk=job.pk).exists()


@pytest.mark.parametrize("role", ["trainer", "supervisor", "helper"])
def test_jobs_are_the_operators_alone(people: dict[str, Any], role: str) -> None:
    job = ask("99")
    jobs.cancel(job=job)
    client = Client()
    client.force_login(people[role])
    assert client.get("/admin/jobs/job/").status_code == 404
    client.post("/admin/jobs/job/", {"action": "ask_again", "_selected_action": [job.pk]})
    assert Job.objects.count() == 1


def test_failed_and_late_jobs_are_numbers_to_watch() -> None:
    assert math.isnan(gauges.evaluation_age())
    failed, late = ask("a"), ask("b")
    Job.objects.filter(pk=failed.pk).update(state=JobState.FAILED, ended_at=timezone.now())
    Job.objects.filter(pk=late.pk).update(created_at=timezone.now() - dt.timedelta(hours=1))
    services.take_snapshot(Scope("region", ""), timezone.now() - dt.timedelta(hours=2))
    assert (job_gauges.jobs_failed(), job_gauges.jobs_overdue()) == (1, 1)
    assert 7200 <= gauges.evaluation_age() < 7300
