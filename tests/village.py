"""A county with a month behind it, made inside an installation of real processes by ``manage.py shell``.

Five people of one village have learnt and asked, one was answered late; eggs in the post were asked about
and answered for all, and that answer has helped four. What the figures of the board are is counted by hand:
five questions, four of five in time, "solved by a known answer" too few to show.
"""

from __future__ import annotations

import datetime as dt
import functools

from django.db.models import F
from django.utils import timezone

from assessments.evaluation import services, tasks
from assessments.evaluation.data import JobKind
from courses.models import Module
from feedback.models import Deflection, Question, Theme
from feedback.questions import answering
from mooc.jobs import services as jobs
from mooc.jobs import tasks as job_tasks
from mooc.lib.privacy import evidence
from tests import asking, world

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
EGGS, EGG_ANSWER = "鸡蛋怎么寄不会碎？", "用蛋托，外面再套一层箱子。"


@evidence.writing("solved_by_known")
def settle(password: str) -> None:
    """Make everybody, what they did, and the figures of the night before last."""
    regions, account = world.make_regions(), functools.partial(world.make_user, password=password)
    trainer = account("trainer", role="trainer", display_name="周老师")
    Module.objects.get(slug=world.SLUG).course.trainers.add(trainer)  # type: ignore[union-attr]  # it has one
    account("supervisor", role="supervisor", region=regions["county"])
    account("supervisor2", role="supervisor", region=regions["county2"])
    world.person(account, "guixiang", regions["village"], display_name="李桂香")
    learnt = timezone.now() - 10 * DAY
    neighbours = [world.person(account, f"neighbour{n}", regions["village"]) for n in range(5)]
    for number, neighbour in enumerate(neighbours):
        world.read(neighbour, learnt)
        if number:
            after = 30 * HOUR if number == 1 else 2 * HOUR
            world.ask(neighbour, learnt + HOUR, theme="open_shop", after=after)
    known = asking.answered(neighbours[0], EGGS, EGG_ANSWER, trainer)
    answering.set_theme(question=known, theme=Theme.objects.get(code="logistics_packaging"), by=trainer)
    for neighbour in neighbours[1:]:
        Deflection.objects.create(question=known, learner=neighbour)
    _move_today_back(9 * DAY)
    job, _new = jobs.ask_for(
        kind=JobKind.EVALUATE, key=services.WHOLE_TREE, as_of=services.today_begins() - DAY, by=None
    )
    job_tasks.run_job(job.pk)


def night_falls() -> None:
    """What was asked today was asked yesterday, and the scheduler sends the nightly evaluation."""
    _move_today_back(DAY)
    tasks.evaluate_nightly.delay()


@evidence.writing("solved_by_known")
def _move_today_back(days: dt.timedelta) -> None:
    lately = {"created_at__gt": timezone.now() - HOUR}
    Deflection.objects.filter(**lately).update(created_at=F("created_at") - days)
    Question.objects.filter(**lately).update(
        created_at=F("created_at") - days, due_at=F("due_at") - days, answered_at=F("answered_at") - days,
        solved_at=F("solved_at") - days,
    )  # fmt: skip
