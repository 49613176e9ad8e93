"""Every address × every role, and every border between regions.

Signed out on a page that needs a role → sign-in; signed in without the right → 404, never 403.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from assessments.models import Item, Quiz
from courses.models import Course, LessonEdition, Module
from feedback.models import Question
from learners.classes import cohorts
from learners.models import Cohort, FileOpening, Learner
from learners.people.guests import learner_of
from mooc.lib.privacy import evidence

pytestmark = [pytest.mark.django_db]
ROLES = ["guest", "learner", "helper", "trainer", "supervisor", "operator"]
IN, NO = 302, 404  # sent to sign-in; not here
# address → what each role gets, in the order of ROLES. One number for all when it is the same.
TABLE: dict[str, int | list[int]] = {
    "/": 200, "/modules/": 200, "/modules/window-light/": 200, "/lessons/borrow-the-window/": 200, "/tracks/": 200,
    "/search/": 200, "/help/": 200, "/offline/": 200, "/privacy/": 200, "/prefs/": 302, "/healthz": 200,
    "/readyz": 200, "/sw.js": 200, "/questions/": 200, "/questions/ask/": 200, "/feedback/report/": 200,
    "/feedback/wish/": 200, "/feedback/complaint/": 200, "/me/": 200, "/me/review/": 200, "/me/privacy/": 200,
    "/me/code/": 200, "/modules/window-light/quiz/": 302, "/accounts/login/": 200, "/accounts/switch/": 200,
    "/api/v1/modules/": 200, "/api/v1/modules/window-light/": 200, "/api/v1/lessons/borrow-the-window/": 200,
    "/api/v1/quizzes/window-light/": 200, "/api/schema/": 200, "/api/docs/": 200, "/api/nothing": 404,
    "/nothing/": 404, "/modules/none/": 404, "/lessons/none/": 404, "/quizzes/999999/": 404,
    "/questions/others/": 200, "/answers/": 200, "/answers/open-shop/": 200, "/answers/none/": 404, "/inbox/": 200,
    "/questions/999999/": 404, "/questions/999999/reply/": 302, "/questions/999999/solved/": 302,
    "/questions/999999/report/": 302, "/feedback/face/window-light/": 302, "/inbox/999999/": [IN, NO, NO, NO, NO, NO],
    "/media/m/none.svg": 404, "/join/NONE/": 404, "/search/open/x/none/": 404,
    "/metrics": [IN, NO, NO, NO, NO, 200],
    "/me/file.json": [NO, 200, 200, 200, 200, 200],
    "/me/privacy/data.json": [NO, 200, 200, 200, 200, 200],
    "/me/welcome/": [IN, 302, 302, 302, 302, 302],
    "/api/v1/me/progress/": [401, 200, 200, 200, 200, 200],
    "/classes/": [IN, NO, 200, 200, NO, 200],
    "/model/": 200, "/api/v1/model/": 200, "/supervision/model/": 301,
    "/supervision/targets/": [IN, NO, NO, NO, 200, 200],
    "/supervision/courses/": [IN, NO, NO, NO, 200, 200],
    "/supervision/reports/": [IN, NO, NO, NO, 200, 200],
    "/supervision/reports/999999/": [IN, NO, NO, NO, NO, NO],
    "/supervision/reports/999999/files/pdf/": [IN, NO, NO, NO, NO, NO],
    "/api/v1/evaluations/": [401, NO, NO, NO, NO, NO],
    "/admin/": [IN, NO, 200, 200, 200, 200],
    "/admin/courses/module/": [IN, NO, NO, 200, NO, 200],
    "/admin/courses/course/": [IN, NO, NO, 200, NO, 200],
    "/admin/courses/lessonedition/": [IN, NO, NO, 200, NO, 200],
    "/admin/assessments/item/": [IN, NO, NO, 200, NO, 200],
    "/admin/assessments/quiz/": [IN, NO, NO, 200, NO, 200],
    "/admin/feedback/question/": [IN, NO, NO, 200, NO, 200],
    "/admin/feedback/contentreport/": [IN, NO, NO, 200, NO, 200],
    "/admin/feedback/reply/": [IN, NO, NO, 200, NO, 200],
    "/admin/feedback/savedreply/": [IN, NO, NO, 200, NO, 200],
    "/admin/feedback/savedreply/add/": [IN, NO, NO, 200, NO, 200],
    "/admin/feedback/answermodule/": [IN, NO, NO, 200, NO, 200],
    "/admin/feedback/answermodule/add/": [IN, NO, NO, 200, NO, 200],
    "/admin/feedback/theme/": [IN, NO, NO, 200, NO, 200],
    "/admin/feedback/themeproposal/": [IN, NO, NO, 200, NO, 200],
    "/admin/feedback/theme/add/": [IN, NO, NO, NO, NO, NO],
    "/admin/feedback/question/add/": [IN, NO, NO, NO, NO, NO],
    "/admin/feedback/classifierversion/": [IN, NO, NO, 200, NO, 200],
    "/admin/feedback/classifierversion/press/": [IN, NO, NO, NO, NO, NO],
    "/admin/learners/cohort/": [IN, NO, 200, 200, NO, 200],
    "/admin/accounts/user/": [IN, NO, NO, NO, NO, 200],
    "/admin/accounts/region/": [IN, NO, NO, NO, NO, 200],
    "/admin/accounts/textmessage/": [IN, NO, NO, NO, NO, 200],
    "/admin/courses/searchquery/": [IN, NO, NO, NO, NO, 200],
}  # fmt: skip


def client_of(role: str, people: dict[str, Any]) -> Client:
    client = Client()
    if role != "guest":
        client.force_login(people[role])
    return client


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.usefixtures("curriculum")
def test_every_address_for_every_role(role: str, people: dict[str, Any]) -> None:
    client = client_of(role, people)
    wrong = {}
    for path, wanted in TABLE.items():
        status = client.get(path).status_code
        expected = wanted if isinstance(wanted, int) else wanted[ROLES.index(role)]
        if status != expected:
            wrong[path] = (status, expected)
    assert wrong == {}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.usefixtures("curriculum")
def test_no_address_fails_or_answers_403_for_anybody(role: str, people: dict[str, Any]) -> None:
    """Every pattern of the project with plausible and hostile values: never 403, never 500."""
    client = client_of(role, people)
    client.raise_request_exception = False
    wrong = {}
    for path in addresses():
        for method in ("get", "post"):
            status = getattr(client, method)(path).status_code
            if status in (403, 500):
                wrong[f"{method} {path}"] = status
    assert wrong == {}


def addresses() -> list[str]:
    """One address for every pattern that is ours."""
    values = {"slug": "none", "pk": "999999", "code": "NONE", "name": "m/x.svg", "signed": "x", "kind": "json",
              "attempt": "00000000-0000-4000-8000-000000000000", "id": "1", "object_id": "999999"}  # fmt: skip

    def walk(patterns: Any, before: str) -> Any:
        for pattern in patterns:
            text = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, text)
            elif isinstance(pattern, URLPattern):
                yield text

    found = []
    for text in walk(get_resolver().url_patterns, ""):
        if text.startswith(("^", "admin/")) or "(?P" in text or "logout" in text:
            continue
        parts = [
            part.split(":")[-1].rstrip(">") if part.startswith("<") else part for part in text.split("/")
        ]
        path = "/".join(
            values.get(part, part) if raw.startswith("<") else raw
            for part, raw in zip(parts, text.split("/"), strict=True)
        )
        found.append(f"/{path}")
    return sorted(set(found))


@pytest.mark.usefixtures("curriculum")
def test_trainers_see_and_edit_their_own_courses_only(people: dict[str, Any], make_user: Any) -> None:
    """A trainer of another course finds nothing here, by list, address, preview or form."""
    owner, other = people["trainer"], make_user("other", role="trainer")
    module = Module.objects.get(slug="window-light")
    module.course.trainers.add(owner)
    lesson = LessonEdition.objects.filter(edition=module.draft).first()
    item = Item.objects.filter(module=module).first()
    assert lesson
    assert item
    paths = [
        f"/admin/courses/module/{module.pk}/change/", f"/admin/courses/lessonedition/{lesson.pk}/change/",
        f"/admin/assessments/item/{item.pk}/change/", f"/admin/courses/module/{module.pk}/history/",
        f"/admin/assessments/quiz/{Quiz.objects.get(module=module).pk}/change/",
    ]  # fmt: skip
    mine, theirs = client_of("trainer", people), Client()
    theirs.force_login(other)
    for path in paths:
        assert mine.get(path).status_code == 200, path
        assert theirs.get(path).status_code in (302, 404), path  # the admin sends to its front page
        assert theirs.post(path, {"title_zh": "x"}).status_code in (302, 404), path
    assert mine.get(f"/preview/lessons/{lesson.pk}/").status_code == 200
    assert theirs.get(f"/preview/lessons/{lesson.pk}/").status_code == 404
    assert module.code not in theirs.get("/admin/courses/module/").content.decode()
    item.refresh_from_db()
    assert item.stem_zh != "x"
    assert Course.objects.visible_to(other).count() == 0


@pytest.mark.usefixtures("curriculum")
def test_classes_stop_at_the_border_of_the_region(people: dict[str, Any], regions: dict[str, Any]) -> None:
    import datetime as dt

    day = dt.date(2026, 11, 1)
    cohort = Cohort.objects.create(
        title="河西班", trainer=people["trainer"], region=regions["village"], starts_on=day, ends_on=day
    )
    wanted = {"guest": 302, "learner": 404, "helper": 200, "trainer": 200, "supervisor": 200, "operator": 200}
    for role, status in wanted.items():
        assert client_of(role, people).get(f"/classes/{cohort.pk}/").status_code == status, role
    assert client_of("supervisor2", people).get(f"/classes/{cohort.pk}/").status_code == 404


@pytest.mark.usefixtures("curriculum")
def test_who_leads_the_class_or_looks_after_the_place_opens_a_members_file_and_nobody_else(
    people: dict[str, Any], regions: dict[str, Any], make_user: Any
) -> None:
    day = timezone.localdate()
    cohort = Cohort.objects.create(
        title="河西班", trainer=people["trainer"], region=regions["village"], starts_on=day, ends_on=day
    )
    learner = cohorts.join_cohort(learner=learner_of(people["learner"]), cohort=cohort).learner
    stranger = learner_of(make_user("far", display_name="外人"))
    path, foreign = f"/classes/{cohort.pk}/{learner.pk}/", f"/classes/{cohort.pk}/{stranger.pk}/"
    other = people | {"trainer": make_user("other_trainer", role="trainer")}
    refused = {"guest": 302, "learner": 404, "trainer": 404, "supervisor2": 404}
    for role, status in refused.items():
        assert client_of(role, other).get(path).status_code == status, role
    for role in ("trainer", "helper", "supervisor", "operator"):
        assert client_of(role, people).get(foreign).status_code == 404, role  # not in this class
    assert not FileOpening.objects.exists()
    for role in ("trainer", "helper", "supervisor", "operator"):
        for _look in range(2):
            assert client_of(role, people).get(path).status_code == 200, role
    opened = FileOpening.objects.filter(learner=learner).values_list("who_name", flat=True)
    assert sorted(opened) == sorted(str(people[r]) for r in ("trainer", "helper", "supervisor", "operator"))
    assert people["trainer"].display_name in client_of("learner", people).get("/me/").content.decode()


@evidence.writing("take_out")
@pytest.mark.usefixtures("curriculum")
def test_names_lead_to_files_only_where_they_open(people: dict[str, Any], regions: dict[str, Any]) -> None:
    day = timezone.localdate()
    cohort = Cohort.objects.create(
        title="河西班", trainer=people["trainer"], region=regions["village"], starts_on=day, ends_on=day
    )
    learner = cohorts.join_cohort(learner=learner_of(people["learner"]), cohort=cohort).learner
    path, link = f"/classes/{cohort.pk}/", f'href="/classes/{cohort.pk}/{learner.pk}/"'
    assert link in client_of("trainer", people).get(path).content.decode()
    assert link in client_of("helper", people).get(path).content.decode()
    Learner.objects.filter(pk=learner.pk).update(region=regions["village2"])  # lives elsewhere
    text = client_of("helper", people).get(path).content.decode()
    assert str(learner) in text
    assert link not in text
    assert client_of("helper", people).get(f"{path}{learner.pk}/").status_code == 404
    assert link in client_of("trainer", people).get(path).content.decode()
    cohort.members.update(left_at=timezone.now())
    assert client_of("trainer", people).get(f"{path}{learner.pk}/").status_code == 404
    assert not FileOpening.objects.exists()


def test_learners_stop_at_the_border_of_the_region(people: dict[str, Any], regions: dict[str, Any]) -> None:
    learner = learner_of(people["learner"])
    Learner.objects.filter(pk=learner.pk).update(region=regions["village2"])
    sees = {
        name: Learner.objects.visible_to(user).filter(pk=learner.pk).exists() for name, user in people.items()
    }
    assert sees == {
        "learner": False, "helper": False, "trainer": False, "supervisor": True, "supervisor2": False, "operator": True,
    }  # fmt: skip


def test_questions_are_their_askers_own(people: dict[str, Any]) -> None:
    question = Question.objects.create(learner=learner_of(people["learner"]), text="鸡蛋咋寄")
    assert client_of("learner", people).get(f"/questions/{question.pk}/").status_code == 200
    for role in ("guest", "helper", "trainer", "supervisor", "operator"):
        assert client_of(role, people).get(f"/questions/{question.pk}/").status_code == 404


@pytest.mark.usefixtures("curriculum")
def test_a_trainer_edits_text_blocks_and_answers(people: dict[str, Any]) -> None:
    """The parts below a form are there for trainers too, who hold no Django permissions."""
    module = Module.objects.get(slug="window-light")
    module.course.trainers.add(people["trainer"])
    lesson = LessonEdition.objects.filter(edition=module.draft).first()
    item = Item.objects.filter(module=module).first()
    assert lesson
    assert item
    client = client_of("trainer", people)
    for path, field in [
        (f"/admin/courses/module/{module.pk}/change/", "editions-0-title_zh"),
        (f"/admin/courses/lessonedition/{lesson.pk}/change/", "blocks-0-body_zh"),
        (f"/admin/assessments/item/{item.pk}/change/", "options-0-text_zh"),
    ]:
        assert f'name="{field}"' in client.get(path).content.decode(), field
