"""What the benchmark asks the installation it measures, from the inside: ids, sessions, query counts."""

from __future__ import annotations

import json
import sys
import time
import uuid
from importlib import import_module
from typing import Any

import numpy as np
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.models import Item, Quiz
from assessments.scoring import draw
from courses.models import LessonEdition, Module
from learners.people.guests import learner_of
from mooc.accounts.data import Role
from mooc.accounts.models import Region, RoleGrant
from mooc.lib.pages import slots


def facts() -> None:
    """Print everything the load needs, as JSON."""
    settings.ALLOWED_HOSTS = ["*"]
    module = Module.objects.published().order_by("level", "code").first()
    if module is None:
        sys.exit("no content is loaded")
    lessons = [
        row.lesson.slug
        for row in LessonEdition.objects.filter(edition__published_of__isnull=False).select_related("lesson")
    ]
    lesson = LessonEdition.objects.filter(edition_id=module.published_id).select_related("lesson").first()
    quiz = Quiz.objects.get(module=module)
    answers = {
        item.code: [option.pk for option in item.options.all() if option.right]
        for item in Item.objects.live().filter(module=module).prefetch_related("options")
    }
    users = [get_user_model().objects.create_user(f"bench-{uuid.uuid4().hex[:8]}") for _n in range(6)]
    found: dict[str, Any] = {
        "module": module.slug, "lesson": lesson.lesson.slug if lesson else "", "lessons": lessons, "quiz": quiz.pk,
        "length": quiz.length, "answers": answers, "sessions": [_session(user) for user in users[:4]],
    }  # fmt: skip
    office, province = users[4], Region.objects.get(level=1)
    RoleGrant.objects.create(user=office, role=Role.SUPERVISOR, region=province)
    found["office"] = [_session(office) for _n in range(4)]
    found["queries"] = _queries(found, users[5], quiz, answers)
    print(json.dumps(found))


def _session(user: Any) -> str:
    learner_of(user)
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def _queries(found: dict[str, Any], user: Any, quiz: Quiz, answers: dict[str, list[int]]) -> dict[str, int]:
    guest, member = Client(), Client()
    member.cookies[settings.SESSION_COOKIE_NAME] = _session(user)
    paths = {"guest home": "/", "guest catalogue": "/modules/", "guest module": f"/modules/{found['module']}/",
             "guest lesson": f"/lessons/{found['lesson']}/"}  # fmt: skip
    counts = {}
    for name, path in paths.items():
        guest.get(path)
        counts[name] = _count(lambda path=path: guest.get(path))
    slots.memory.clear()
    counts["guest lesson cold"] = _count(lambda: guest.get(paths["guest lesson"]))
    member.get(paths["guest lesson"])
    counts["signed-in lesson"] = _count(lambda: member.get(paths["guest lesson"]))
    office = Client()
    office.cookies[settings.SESSION_COOKIE_NAME] = found["office"][0]
    office.get("/supervision/")
    counts["dashboard"] = _count(lambda: office.get("/supervision/"))
    attempt = uuid.uuid4()
    codes = draw(list(answers), quiz.length, attempt)

    def answer(code: str) -> Any:
        data = {"attempt": str(attempt), "item": code, "choice": answers[code]}
        return member.post(f"/quizzes/{quiz.pk}/answer/", data)

    answer(codes[0])
    counts["quiz answer stored"] = _count(lambda: answer(codes[1]))
    return counts


def _count(act: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        response = act()
    if response.status_code not in (200, 302):
        sys.exit(f"{response.status_code} while counting queries")
    return sum(1 for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")))


def report() -> None:
    """Make a report on the whole province as its job does: page, workbook and table."""
    from assessments.evaluation.data import Scope, ScopeKind
    from assessments.evaluation.reports import making
    from mooc.jobs import services as jobs

    province = Region.objects.get(level=1)
    scope = Scope(ScopeKind.REGION, province.code)
    made, _new = making.ask_for_report(scope=scope, region=province, language="zh-hans", by=None)
    started = time.perf_counter()
    jobs.run(made.job_id)
    print("seconds", round(time.perf_counter() - started, 4))
    made.refresh_from_db()
    if made.made_at is None:
        sys.exit("the report was not made")


def similar(count: int) -> None:
    """The p95 of 200 searches among ``count`` answered questions that have their vectors."""
    from feedback.engine import similar as index
    from feedback.engine.classifier import corpus, encoder
    from feedback.engine.classifier.wording import tidy
    from feedback.models import Question
    from learners.models import Learner

    texts = [example.text for example in corpus.shipped()]
    learner, now = Learner.objects.order_by("pk").first(), timezone.now()
    lines = [
        f"{texts[n % len(texts)]} {n}"
        for n in range(count - Question.objects.to_offer().exclude(vector=None).count())
    ]
    for start in range(0, len(lines), 1000):
        part = lines[start : start + 1000]
        vectors = encoder.encode([tidy(line) for line in part], np.float16)
        Question.objects.bulk_create(
            Question(
                uuid=uuid.uuid4(), learner=learner, text=line, vector=vector.tobytes(), encoder=encoder.encoder_id(),
                answer="看这一课", answered_at=now, due_at=now, held=False,
            )
            for line, vector in zip(part, vectors, strict=True)
        )  # fmt: skip
    index.find_similar(texts[0])
    taken = []
    for text in texts[:: len(texts) // 200][:200]:
        started = time.perf_counter()
        index.find_similar(f"{text}？")
        taken.append(time.perf_counter() - started)
    print("seconds", round(sorted(taken)[int(0.95 * len(taken))], 5))
