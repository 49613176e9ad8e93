"""A module can always be finished: its quiz is there, can be sat, or is asked of nobody; and whoever has done
all that is asked is finished at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assessments.models import Attempt, Item, Quiz
from assessments.quiz import asked
from courses import services as courses
from courses.models import Module
from courses.publishing import services as publishing
from learners.models import Enrolment, Learner, LearningRecord
from learners.people.guests import learner_of
from learners.record import settling
from tests.acts import answer_next, read_lesson, take_quiz
from tests.asking import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
SLUG, LESSONS = "window-light", ("borrow-the-window", "clean-ground")
PUBLISH = "/admin/courses/module/"


@pytest.fixture
def trainer(people: dict[str, Any]) -> Client:
    module().course.trainers.add(people["trainer"])
    client = client_of(people["trainer"])
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def told(django_capture_on_commit_callbacks: Any) -> Any:
    """What is told after a commit is told, as in life."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def module() -> Module:
    return Module.objects.select_related("course", "draft", "published").get(slug=SLUG)


def quiz() -> Quiz:
    return Quiz.objects.get(module__slug=SLUG)


def in_use(number: int) -> None:
    """So many of the module's questions are in use."""
    ids = list(module().items.order_by("pk").values_list("pk", flat=True))
    Item.objects.filter(pk__in=ids).update(live=False)
    Item.objects.filter(pk__in=ids[:number]).update(live=True)
    courses.bump_content()


def act(trainer: Client, action: str) -> str:
    """A trainer chooses an action for the module; returns the page."""
    data = {"action": action, "_selected_action": module().pk}
    return trainer.post(PUBLISH, data, follow=True).content.decode()


# --- the quiz belongs to its module ---------------------------------------------------------------


def test_a_module_has_its_quiz_from_the_start_however_it_is_made() -> None:
    like = module()
    facts = {"course_id": like.course_id, "category_id": like.category_id, "level": "L1"}
    made = [
        publishing.make_module(code="Q1", slug="q-one", **facts),
        Module.objects.create(code="Q2", slug="q-two", **facts),
    ]
    assert [(row.quiz.length, row.quiz.pass_percent) for row in made] == [(6, 80), (6, 80)]
    Quiz.objects.filter(module=made[0]).delete()
    made[0].save()
    assert not Quiz.objects.filter(module=made[0]).exists(), "only a new one gets it by being saved"
    with pytest.raises(publishing.NotReady):
        publishing.publish_module(module=made[0])


def test_publishing_gives_a_module_without_a_quiz_its_quiz() -> None:
    quiz().delete()
    publishing.publish_module(module=module())
    assert (quiz().length, quiz().pass_percent) == (6, 80)


def test_an_old_link_to_add_a_quiz_changes_the_one_that_is_there(trainer: Client) -> None:
    before = quiz()
    page = trainer.post(
        "/admin/assessments/quiz/add/", {"module": before.module_id, "length": 4, "pass_percent": 75}
    )
    assert page.status_code == 302
    after = quiz()
    assert (after.pk, after.length, after.pass_percent) == (before.pk, 4, 75)
    assert trainer.get("/admin/assessments/quiz/add/").headers["Location"] == "/admin/assessments/quiz/"


def test_a_trainer_cannot_delete_a_quiz(client: Client, trainer: Client) -> None:
    answer_next(client, quiz().pk)
    page = trainer.post(f"/admin/assessments/quiz/{quiz().pk}/delete/", {"post": "yes"})
    assert "take its questions out of use" in page.content.decode()
    trainer.post(
        "/admin/assessments/quiz/",
        {"action": "delete_selected", "_selected_action": quiz().pk, "post": "yes"},
    )
    assert quiz().attempts.get().responses.count() == 1


def test_the_quiz_of_another_trainer_is_not_there(trainer: Client) -> None:
    module().course.trainers.clear()
    before = Quiz.objects.values().get(module__slug=SLUG)
    data = {"module": before["module_id"], "length": 4, "pass_percent": 75}
    assert trainer.post("/admin/assessments/quiz/add/", data).status_code != 200
    assert Quiz.objects.values().get(module__slug=SLUG) == before


# --- publishing -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "words"), [
    ("en", "The quiz asks 6 questions, but only 5 are in use."), ("zh-hans", "小测每次出 6 道题"),
])  # fmt: skip
def test_publishing_refuses_when_fewer_questions_are_in_use_than_are_asked(
    trainer: Client, lang: str, words: str
) -> None:
    in_use(5)
    before = module().published_id
    trainer.cookies["django_language"] = lang
    assert words in act(trainer, "publish")
    assert module().published_id == before
    Quiz.objects.update(length=5)
    assert words not in act(trainer, "publish")
    assert module().published_id != before


def test_without_a_question_in_use_it_is_published_and_says_that_reading_is_enough(trainer: Client) -> None:
    in_use(0)
    before = module().published_id
    assert "Its quiz has no question in use, so learners finish by reading." in act(trainer, "publish")
    assert module().published_id != before


def test_a_quiz_nobody_must_pass_keeps_nobody_from_publishing(trainer: Client) -> None:
    in_use(2)
    Module.objects.filter(slug=SLUG).update(quiz_required=False)
    before = module().published_id
    act(trainer, "publish")
    assert module().published_id != before


def test_the_modules_page_on_the_desk_tells_of_its_quiz_and_leads_there(trainer: Client) -> None:
    in_use(4)
    html = trainer.get(f"/admin/courses/module/{module().pk}/change/").content.decode()
    assert (
        f'<a href="/admin/assessments/quiz/{quiz().pk}/change/">asks 6 questions, 80 % right is enough</a>'
        in html
    )
    rest = module().items.count() - 4
    assert f"4 questions in use, {rest} out of use" in html


# --- nobody is sent where there is nothing --------------------------------------------------------


def test_with_no_question_in_use_the_module_is_finished_by_reading(client: Client) -> None:
    in_use(0)
    assert (
        "quiz"
        not in client.get(f"/lessons/{LESSONS[1]}/").content.decode().split("<form", 1)[1].split("</form>")[0]
    )
    read_lesson(client, LESSONS[0])
    assert read_lesson(client, LESSONS[1]).headers["Location"] == f"/modules/{SLUG}/"
    assert Enrolment.objects.get().completed_at is not None


def test_every_way_to_a_quiz_that_cannot_be_sat_leads_to_the_course_which_says_why(client: Client) -> None:
    in_use(0)
    client.cookies["django_language"] = "en"
    for path in (f"/modules/{SLUG}/quiz/", f"/quizzes/{quiz().pk}/"):
        page = client.get(path, follow=True)
        assert (page.status_code, page.request["PATH_INFO"]) == (200, f"/modules/{SLUG}/")
        assert "No quiz just now" in page.content.decode()
    assert client.get("/modules/no-such-course/quiz/").status_code == 404


def test_who_has_read_all_is_not_told_to_take_a_quiz_that_is_not_there(client: Client) -> None:
    for slug in LESSONS:
        read_lesson(client, slug)
    assert f"/modules/{SLUG}/quiz/" in client.get("/").content.decode()
    in_use(0)
    for path in ("/", f"/modules/{SLUG}/", "/me/"):
        assert f"/modules/{SLUG}/quiz/" not in client.get(path).content.decode(), path


# --- texts use the numbers of the judgement -------------------------------------------------------


def test_with_four_of_six_in_use_all_texts_speak_of_four(client: Client) -> None:
    in_use(4)
    client.cookies["django_language"] = "en"
    html = client.get(f"/modules/{SLUG}/").content.decode()
    assert "Quiz: 4 questions" in html
    assert "4 right is enough" in html
    take_quiz(client, quiz().pk, wrong=1, length=4)
    attempt = Attempt.objects.get()
    assert (attempt.right, attempt.total, attempt.needed, attempt.passed) == (3, 4, 4, False)
    html = client.get(f"/quizzes/{quiz().pk}/tries/{attempt.uuid}/").content.decode()
    assert "4 are enough, 1 more than you had." in html
    assert "with other questions" not in html, "all there are were asked"


def test_a_mark_that_changes_later_does_not_change_what_a_result_says(client: Client) -> None:
    client.cookies["django_language"] = "en"
    take_quiz(client, quiz().pk, wrong=2)
    attempt = Attempt.objects.get()
    Quiz.objects.update(pass_percent=100, length=3)
    courses.bump_content()
    html = client.get(f"/quizzes/{quiz().pk}/tries/{attempt.uuid}/").content.decode()
    assert "5 are enough, 1 more than you had." in html


# --- settling -------------------------------------------------------------------------------------


@pytest.fixture
def ready(make_user: Any) -> Learner:
    """Somebody who has read one of two lessons and passed the quiz."""
    client, user = Client(), make_user("guixiang")
    client.force_login(user)
    read_lesson(client, LESSONS[0])
    take_quiz(client, quiz().pk)
    return learner_of(user)


def completed(learner: Learner) -> Any:
    return Enrolment.objects.get(learner=learner, module__slug=SLUG).completed_at


def test_whoever_has_done_the_rest_is_finished_when_a_lesson_is_left_out(
    ready: Learner, trainer: Client, told: Any
) -> None:
    assert completed(ready) is None
    before, version = timezone.now(), Learner.objects.get(pk=ready.pk).version
    module().draft.lessons.get(lesson__slug=LESSONS[1]).delete()  # type: ignore[union-attr]  # it has a draft
    with told():
        act(trainer, "publish")
    assert completed(ready) >= before, "the moment it became so"
    record = LearningRecord.objects.get(learner=ready, verb="completed", object_type="module")
    assert record.object_id == SLUG
    assert Learner.objects.get(pk=ready.pk).version > version, "pages kept for them are made anew"


def readers(make_user: Any, count: int = 1) -> list[Learner]:
    """People who have read every lesson, and not sat the quiz."""
    found = []
    for number in range(count):
        client, user = Client(), make_user(f"reader{number}")
        client.force_login(user)
        for slug in LESSONS:
            read_lesson(client, slug)
        found.append(learner_of(user))
    return found


def boxes() -> dict[str, Any]:
    """The module's form as it stands, without the tick for the quiz."""
    row = module()
    return {
        "code": row.code, "slug": row.slug, "course": row.course_id, "category": row.category_id,
        "level": row.level, "icon": row.icon, "editions-TOTAL_FORMS": "0", "editions-INITIAL_FORMS": "0",
    }  # fmt: skip


def test_unticking_that_the_quiz_must_be_passed_finishes_who_has_read_all(
    make_user: Any, trainer: Client, told: Any
) -> None:
    (reader,) = readers(make_user)
    assert completed(reader) is None
    with told():
        page = trainer.post(f"/admin/courses/module/{module().pk}/change/", boxes())
    assert (page.status_code, module().quiz_required) == (302, False)
    assert completed(reader) is not None


def test_taking_the_last_question_out_of_use_finishes_who_has_read_all(
    make_user: Any, trainer: Client, told: Any
) -> None:
    (reader,) = readers(make_user)
    in_use(1)
    item = module().items.get(live=True)
    page = trainer.get(f"/admin/assessments/item/{item.pk}/change/")
    form, options = page.context["adminform"].form, page.context["inline_admin_formsets"][0].formset
    data = {name: form[name].value() or "" for name in form.fields if name != "live"}
    data |= {f"{options.prefix}-TOTAL_FORMS": options.total_form_count(),
             f"{options.prefix}-INITIAL_FORMS": options.initial_form_count()}  # fmt: skip
    for row in options.initial_forms:
        data |= {
            f"{row.prefix}-{name}": row[name].value() for name in row.fields
            if name != "DELETE" and row[name].value() not in (None, False)
        }  # fmt: skip
    with told():
        trainer.post(f"/admin/assessments/item/{item.pk}/change/", data)
    assert not module().items.live().exists()  # type: ignore[attr-defined]  # a manager of its own
    assert completed(reader) is not None


def test_nobody_is_finished_who_has_something_left(
    ready: Learner, make_user: Any, trainer: Client, told: Any
) -> None:
    (reader,) = readers(make_user)
    with told():
        act(trainer, "publish")
    assert completed(ready) is None, "a lesson is left"
    assert completed(reader) is None, "the quiz is left"
    assert not LearningRecord.objects.filter(verb="completed", object_type="module").exists()


def test_many_are_settled_in_batches_and_again_changes_nothing(make_user: Any) -> None:
    people = readers(make_user, 3)
    in_use(0)
    after = settling.settle_module(module_id=module().pk, most=2)
    assert after == people[1].pk
    assert [completed(one) is not None for one in people] == [True, True, False]
    assert settling.settle_module(module_id=module().pk, after=after, most=2) is None
    moments = [completed(one) for one in people]
    assert all(moments)
    settling.settle_everything()
    assert [completed(one) for one in people] == moments
    assert LearningRecord.objects.filter(verb="completed", object_type="module").count() == 3


def test_whoever_finished_by_reading_stays_finished_when_questions_come(
    make_user: Any, trainer: Client, told: Any
) -> None:
    (reader,) = readers(make_user)
    in_use(0)
    settling.settle_module(module_id=module().pk)
    moment = completed(reader)
    in_use(6)
    with told():
        act(trainer, "publish")
    assert completed(reader) == moment


def test_a_withdrawn_module_finishes_nobody(make_user: Any) -> None:
    (reader,) = readers(make_user)
    in_use(0)
    publishing.withdraw_module(module=module())
    settling.settle_module(module_id=module().pk)
    assert completed(reader) is None


def test_what_can_be_sat_is_known_without_asking_again_while_the_content_stands(
    django_assert_num_queries: Any,
) -> None:
    pk = module().pk
    assert pk in asked.open_modules()
    with django_assert_num_queries(1):  # the content version, kept for a second in life
        assert pk in asked.open_modules()
    Item.objects.update(live=False)
    assert asked.open_modules(fresh=True) == frozenset()
