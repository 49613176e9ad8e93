"""Demonstration data: accounts, classes and believable history, made with the real services."""

from __future__ import annotations

import datetime as dt
import random
import secrets
import uuid
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from assessments.bank import editions
from assessments.evaluation import services as evaluation
from assessments.evaluation.data import JobKind
from assessments.models import Quiz
from assessments.quiz import services as quizzes
from courses.exchange.loader import load_tree
from courses.models import Course, LessonEdition, Module
from feedback.engine.taxonomy import ensure_themes
from learners import services as learning
from learners.models import Cohort, CohortMember, CohortStay, Enrolment, Learner
from learners.people.guests import learner_of
from mooc.accounts.data import Role
from mooc.accounts.models import Region, RoleGrant
from mooc.accounts.places.importing import import_regions
from mooc.jobs import services as jobs
from mooc.lib.privacy import evidence

from . import questions

THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
PASSWORD = "rural-2026"  # noqa: S105  # the published demonstration password
NAMESPACE = uuid.UUID("5e1f0d9e-6f0c-4f39-8a5e-2d1f6f3f7a10")
COUNTIES = ("360323", "360321")
NAMES = [
    "李桂香",
    "王建国",
    "刘秀英",
    "陈大勇",
    "张小梅",
    "杨志强",
    "黄玉兰",
    "周春生",
    "吴丽华",
    "徐长根",
    "孙美玲",
    "胡金水",
    "朱红",
    "高福田",
    "林晓燕",
    "何志远",
    "郭凤英",
    "马德全",
    "罗秋菊",
    "梁文斌",
    "宋桂芳",
    "郑水生",
    "谢小红",
    "韩石头",
    "唐玉珍",
    "冯家旺",
    "于翠花",
    "董满仓",
    "萧月英",
    "程有才",
    "曹腊梅",
    "袁国庆",
    "邓春花",
    "许长青",
    "傅细妹",
    "沈根宝",
    "曾菊香",
    "彭家乐",
    "吕冬梅",
    "苏永福",
]
STAFF = [
    ("trainer", "王素琴", Role.TRAINER, None),
    ("supervisor", "赵主任", Role.SUPERVISOR, "360323"),
    ("supervisor2", "钱主任", Role.SUPERVISOR, "360321"),
    ("supervisor-province", "孙处长", Role.SUPERVISOR, "36"),
    ("helper", "陈站长", Role.HELPER, "360323901"),
]


def make_demo(content: Path) -> dict[str, str]:
    """Make everything that is missing. Returns the passwords by account.

    :raises ValueError: when the content has errors.
    """
    ensure_themes()  # emptying the database takes what migrations made
    import_regions(Path(settings.BASE_DIR) / "mooc" / "accounts" / "regions" / "jiangxi.csv")
    report = load_tree(content)
    if report.errors:
        raise ValueError("\n".join(report.errors))
    with transaction.atomic():
        passwords = _accounts()
        _cohorts()
    for number in range(1, 41):
        with transaction.atomic():
            _history(number)
    with transaction.atomic():
        questions.make_questions(content)
        questions.make_faces()
    job, _new = jobs.ask_for(kind=JobKind.EVALUATE, key=evaluation.WHOLE_TREE, as_of=timezone.now(), by=None)
    jobs.run(job.pk, evaluation.evaluate)
    return passwords


def others_reach_it() -> bool:
    """Whether more than this machine can open the site: then a published password is nobody's password."""
    return bool(settings.SERVER or settings.HOST not in THIS_MACHINE)


def new_passwords() -> dict[str, str]:
    """Every account that still has the published password gets one of its own; returns them by name."""
    made: dict[str, str] = {}
    names = ["operator", *(name for name, *_rest in STAFF), "learner", *(f"learner{n}" for n in range(2, 41))]
    for user in get_user_model().objects.filter(username__in=names):
        if user.check_password(PASSWORD):
            made[user.username] = secrets.token_urlsafe(9)
            user.set_password(made[user.username])
            user.save(update_fields=["password"])
    return made


def _accounts() -> dict[str, str]:
    user_model = get_user_model()
    hashed = make_password(PASSWORD)
    passwords: dict[str, str] = {}
    names = [("operator", "陆管理")] + [(name, display_name) for name, display_name, _role, _code in STAFF]
    names += [(f"learner{n}" if n > 1 else "learner", NAMES[n - 1]) for n in range(1, 41)]
    for place, (username, display_name) in enumerate(names):
        if others_reach_it():
            passwords[username] = secrets.token_urlsafe(9)
            hashed = make_password(passwords[username])
        operator, staff = username == "operator", place <= len(STAFF)
        _user, made = user_model.objects.get_or_create(
            username=username,
            defaults={
                "display_name": display_name,
                "password": hashed,
                "is_superuser": operator,
                "is_staff": staff,
                "phone": f"1390000{place:04}",
                "phone_verified": True,
                "consented_at": timezone.now(),
                "date_joined": timezone.now() - dt.timedelta(days=29),
            },
        )
        if made:
            passwords.setdefault(username, PASSWORD)
        else:
            passwords.pop(username, None)
    for username, _display_name, role, code in STAFF:
        region = Region.objects.get(code=code) if code else None
        RoleGrant.objects.get_or_create(
            user=user_model.objects.get(username=username), role=role, region=region
        )
    trainer = user_model.objects.get(username="trainer")
    for course in Course.objects.all():
        course.trainers.add(trainer)
    return passwords


def _villages() -> list[Region]:
    return [v for code in COUNTIES for v in Region.objects.filter(path__contains=f"/{code}/", level=5)]


def _cohorts() -> None:
    trainer, today = get_user_model().objects.get(username="trainer"), timezone.localdate()
    for place, code in enumerate(COUNTIES):
        county = Region.objects.get(code=code)
        cohort, made = Cohort.objects.get_or_create(
            title=f"{county.name_zh}第{place + 1}期",
            trainer=trainer,
            region=county,
            defaults={"starts_on": today - dt.timedelta(days=25), "ends_on": today + dt.timedelta(days=35)},
        )
        if made:
            cohort.modules.set(Module.objects.published().filter(level="L1"))


def _history(number: int) -> None:
    """Learner ``number`` learns for some weeks; the same each time for the same number."""
    user = get_user_model().objects.get(username=f"learner{number}" if number > 1 else "learner")
    learner = learner_of(user)
    if learner.records.exists():
        return
    dice, villages = random.Random(number), _villages()  # noqa: S311  # believable, not secret
    village = villages[number % len(villages)]
    Learner.objects.filter(pk=learner.pk).update(region=village, birth_year=1960 + number)
    learner.refresh_from_db()
    cohort = Cohort.objects.filter(
        region__in=Region.objects.filter(code__in=village.path.strip("/").split("/"))
    ).first()
    clock = timezone.now() - dt.timedelta(days=dice.randint(8, 28), hours=dice.randint(0, 12))
    if cohort and number % 4:
        with evidence.writing("demo"):
            CohortMember.objects.get_or_create(cohort=cohort, learner=learner)
            CohortStay.objects.get_or_create(
                cohort=cohort, learner=learner, left_at=None, defaults={"joined_at": clock}
            )
    if cohort and number % 4:
        for module in cohort.modules.published():  # as joining a class does
            learning.enrol(learner=learner, module=module, how=Enrolment.How.COHORT, at=clock)
    modules = list(Module.objects.published().order_by("level", "code"))
    for module in dice.sample(modules, min(len(modules), 1 + number % 3)):
        clock = _learn(learner, module, clock, dice, number)


def _learn(
    learner: Learner, module: Module, clock: dt.datetime, dice: random.Random, number: int
) -> dt.datetime:
    """Read a module's lessons, most of them, and take its quiz; returns when it ended."""
    learning.enrol(
        learner=learner,
        module=module,
        how=Enrolment.How.COHORT if number % 4 else Enrolment.How.START,
        at=clock,
    )
    lessons = list(
        LessonEdition.objects.filter(edition_id=module.published_id).select_related(
            "lesson", "edition__module"
        )
    )
    read = len(lessons) if number % 5 else max(1, len(lessons) // 2)
    for lesson in lessons[:read]:
        clock += dt.timedelta(minutes=dice.randint(5, 200))
        identifier = uuid.uuid5(NAMESPACE, f"{number} {lesson.lesson.slug}")
        learning.open_lesson(learner=learner, lesson=lesson, act_id=identifier, at=clock, signed_in=True)
        clock += dt.timedelta(minutes=lesson.minutes)
        identifier = uuid.uuid5(NAMESPACE, f"{number} {lesson.lesson.slug} left")
        learning.leave_lesson(
            learner=learner,
            lesson=lesson,
            act_id=identifier,
            at=clock,
            seconds=dice.randint(90, 400),
            block=9,
            signed_in=True,
        )
        learning.finish_lesson(learner=learner, lesson=lesson, at=clock, signed_in=True)
    quiz = Quiz.objects.filter(module=module).first()
    if read == len(lessons) and quiz:
        clock += dt.timedelta(minutes=3)
        passed = _try_quiz(learner, quiz, clock, dice, f"{number} quiz {quiz.pk}", knows=0.8)
        if not passed and number % 3:  # most come back the next day, and know more
            clock += dt.timedelta(hours=dice.randint(16, 30))
            _try_quiz(learner, quiz, clock, dice, f"{number} quiz {quiz.pk} again", knows=0.96)
    return min(clock, timezone.now() - dt.timedelta(minutes=30))


def _try_quiz(
    learner: Learner, quiz: Quiz, clock: dt.datetime, dice: random.Random, name: str, *, knows: float
) -> bool:
    """One try, each answer right with the chance ``knows``. Whether it passed."""
    attempt = quizzes.start_attempt(learner=learner, quiz=quiz, attempt_id=uuid.uuid5(NAMESPACE, name))
    for code in attempt.item_codes.split():
        wording = editions.now(quiz.module.items.get(code=code))
        choice = wording.kind.example(wording.options, right=dice.random() < knows)
        clock += dt.timedelta(seconds=dice.randint(8, 40))
        attempt, _response = quizzes.answer_item(
            learner=learner,
            quiz=quiz,
            attempt_id=attempt.uuid,
            item_code=code,
            choice=choice,
            signed_in=True,
            at=min(clock, timezone.now()),
        )
    return bool(attempt.passed)
