"""A key that was wrong is mended: answers are judged again, nobody loses by it, and no page contradicts itself."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assessments.bank import editions
from assessments.kinds import KINDS
from assessments.kinds.base import Option as Line
from assessments.models import Attempt, Item, ItemEdition, Option, Response, ReviewCard
from assessments.quiz import judging
from courses import services as courses
from courses.models import Module
from learners.models import Enrolment, LearningRecord
from learners.people.guests import learner_of
from learners.record import summaries
from mooc.lib.privacy import evidence
from tests import world
from tests.acts import answer_next, hidden, post, read_lesson, take_quiz
from tests.asking import SLUG, quiz, trainer_of_the_quiz

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]


@pytest.fixture
def trainer(people: dict[str, Any]) -> Client:
    """Who has this quiz."""
    return trainer_of_the_quiz(people["trainer"])


def single() -> Item:
    """A question with one right answer of three or more, first in every try: the only one with a wrong answer."""
    return Item.objects.filter(module__slug=SLUG, kind="single").order_by("pk")[0]


def form_of(trainer: Client, item: Item, right: int) -> dict[str, Any]:
    """What the desk's form sends when another answer is ticked as right."""
    page = trainer.get(f"/admin/assessments/item/{item.pk}/change/")
    form, rows = page.context["adminform"].form, page.context["inline_admin_formsets"][0].formset
    data = {name: form[name].value() or "" for name in form.fields}
    data |= {
        f"{rows.prefix}-TOTAL_FORMS": len(rows.initial_forms),
        f"{rows.prefix}-INITIAL_FORMS": len(rows.initial_forms),
    }
    for row in rows.initial_forms:
        names = [name for name in row.fields if name not in ("DELETE", "right")]
        data |= {f"{row.prefix}-{name}": row[name].value() for name in names if row[name].value() is not None}
        if row.instance.pk == right:
            data[f"{row.prefix}-right"] = "on"
    return data


def mend(trainer: Client, item: Item, right: int) -> str:
    """The trainer ticks another answer as right; returns the page after saving."""
    path = f"/admin/assessments/item/{item.pk}/change/"
    page = trainer.post(path, form_of(trainer, item, right) | {"_continue": "1"}, follow=True)
    assert "errorlist" not in page.content.decode()
    return page.content.decode()


def answered(client: Client, right: bool = False) -> Response:
    """The item of ``single`` answered, in a try that asks it."""
    Item.objects.filter(module__slug=SLUG).exclude(pk=single().pk).update(live=False)
    courses.bump_content()
    answer_next(client, quiz().pk, right=right)
    return Response.objects.get(item=single())


def chosen_in(response: Response) -> int:
    """The one answer that was tapped."""
    (chosen,) = response.answer["chosen"]
    return int(chosen)


def explained(client: Client, response: Response) -> str:
    attempt = response.attempt
    path = f"/quizzes/{attempt.quiz_id}/tries/{attempt.uuid}/{response.item.code}/"
    client.cookies["django_language"] = "en"
    return client.get(path).content.decode().split("<main", 1)[1]


# --- what was asked is kept -----------------------------------------------------------------------


def test_an_answer_keeps_what_was_asked_and_in_which_order(client: Client) -> None:
    response = answered(client)
    asked = ItemEdition.objects.get(item=response.item, number=response.edition)
    assert (response.edition, asked.stem_zh) == (1, response.item.stem_zh)
    assert response.score == 0.0
    assert sorted(response.shown) == sorted(option["id"] for option in asked.options)
    record = LearningRecord.objects.get(verb="answered")
    assert (record.edition, record.shown, record.response) == (
        1, ",".join(map(str, response.shown)), str(chosen_in(response)),
    )  # fmt: skip


def test_what_was_asked_is_shown_though_it_reads_otherwise_now(client: Client, trainer: Client) -> None:
    response = answered(client)
    item, before = response.item, response.item.stem_en
    order = response.shown
    Item.objects.filter(pk=item.pk).update(stem_en="Asked in other words?")
    chosen = item.options.get(pk=chosen_in(response))
    old, chosen.text_en = chosen.text_en, "Reworded since"
    chosen.save()
    editions.keep_edition(item=Item.objects.get(pk=item.pk))
    html = explained(client, response)
    assert before in html
    assert old in html
    assert "Asked in other words?" not in html
    assert "Reworded since" not in html
    assert Response.objects.get(pk=response.pk).shown == order


def rewritten(item: Item) -> None:
    """Other words, another answer in the place of one, and another key, while somebody has it on the screen."""
    ItemEdition._base_manager.filter(item=item).update(made_at=timezone.now() - dt.timedelta(days=9))
    Item.objects.filter(pk=item.pk).update(stem_zh="换了说法？", stem_en="Asked in other words?")
    gone = item.options.filter(right=False)[0]
    Option.objects.create(item=item, position=gone.position, text_zh="新的答案", text_en="A new answer")
    gone.delete()
    editions.keep_edition(item=Item.objects.get(pk=item.pk))
    courses.bump_content()


@pytest.mark.parametrize(
    "way", ["page", "page that does not say", "phone", "phone that does not say", "notebook"]
)
def test_an_answer_names_the_wording_that_was_shown_not_the_one_in_use_when_it_comes(
    way: str, make_user: Any
) -> None:
    client, item, at = Client(), single(), timezone.now() - dt.timedelta(minutes=5)
    client.force_login(make_user("guixiang"))
    before, wrong = item.stem_zh, item.options.filter(right=False)[0].pk
    if way == "notebook":
        answered(client)
        path = f"/me/review/{ReviewCard.objects.get().pk}/"
    else:
        Item.objects.filter(module__slug=SLUG).exclude(pk=item.pk).update(live=False)
        courses.bump_content()
        path = f"/quizzes/{quiz().pk}/"
    html = client.get(path).content.decode()
    form = {
        name: hidden(html, name)
        for name in ("attempt", "item", "edition", "round")
        if f'name="{name}"' in html
    }
    rewritten(item)
    if "not say" in way:
        del form["edition"]
    if "phone" in way:
        sent = {
            "id": str(uuid.uuid4()),
            "kind": "answer",
            "quiz": SLUG,
            "chosen": [wrong],
            "at": at.isoformat(),
        }
        sent |= form | ({"edition": int(form["edition"])} if "edition" in form else {})
        body = json.dumps({"items": [sent], "sent": timezone.now().isoformat()})
        result = client.post("/api/v1/sync/", body, content_type="application/json").json()["results"][0]
        assert result["status"] == "stored", result
    elif way == "page that does not say":  # a page of before: an answer that is no more cannot be taken
        assert post(client, f"{path}answer/", form | {"choice": wrong}).status_code == 400
        return
    else:
        assert post(client, f"{path}answer/", form | {"choice": wrong}).status_code in (200, 302)
    record = LearningRecord.objects.filter(verb="answered").latest("pk")
    asked = ItemEdition.objects.get(item=item, number=1)
    assert (record.edition, record.title_zh, record.response) == (1, before, str(wrong))
    assert sorted(map(int, record.shown.split(","))) == sorted(option["id"] for option in asked.options)
    if way != "notebook":
        response = Response.objects.get()
        assert (response.edition, ",".join(map(str, response.shown))) == (1, record.shown)
        assert asked.stem_en in explained(client, response)


def test_saving_without_a_change_makes_no_edition(trainer: Client) -> None:
    item = single()
    right = item.options.get(right=True).pk
    mend(trainer, item, right)
    assert item.editions.count() == 1
    other = item.options.filter(right=False)[0].pk
    mend(trainer, item, other)
    assert list(item.editions.values_list("number", flat=True)) == [1, 2]
    assert Item.objects.get(pk=item.pk).edition == 2


def test_editions_are_never_changed(client: Client) -> None:
    with pytest.raises(evidence.EvidenceRefused):
        ItemEdition.objects.update(stem_zh="x")
    assert not ItemEdition.objects.filter(stem_zh="x").exists()


# --- judged again ---------------------------------------------------------------------------------


def test_an_answer_that_is_right_by_the_mended_key_counts_and_the_pass_is_given(
    make_user: Any, trainer: Client
) -> None:
    client, user = Client(), make_user("guixiang")
    client.force_login(user)
    for slug in ("borrow-the-window", "clean-ground"):
        read_lesson(client, slug)
    response = answered(client)
    learner = learner_of(user)
    assert (response.attempt.passed, ReviewCard.objects.filter(learner=learner).count()) == (False, 1)
    html = mend(trainer, response.item, chosen_in(response))
    assert "1 answer is right by the mended key and was judged again." in html
    response.refresh_from_db()
    attempt = Attempt.objects.get()
    assert (response.right, response.mended_at is not None) == (True, True)
    assert (attempt.right, attempt.score, attempt.passed) == (1, 1.0, True)
    assert not ReviewCard.objects.filter(learner=learner).exists(), "an unjust card goes"
    row = Enrolment.objects.get(learner=learner)
    assert (row.quiz_tries, row.first_score, row.best_score) == (1, 1.0, 1.0), "one try, judged rightly"
    assert row.completed_at is not None
    assert summaries.differences(learner.pk) == []
    assert judging.judge_again(item=response.item) == judging.Mended(0, 0, 0, 0), "again changes nothing"
    assert LearningRecord.objects.filter(verb="passed").count() == 1


def test_an_open_try_is_counted_again_and_goes_on(client: Client, trainer: Client) -> None:
    """The first of six was judged by a wrong key; six of six are right in the end."""
    answer_next(client, quiz().pk, right=False)
    response = Response.objects.select_related("item").get()
    wanted = response.answer["chosen"]
    for option in response.item.options.all():
        option.right = option.pk in wanted
        option.save()
    editions.keep_edition(item=response.item)
    judging.judge_again(item=response.item)
    courses.bump_content()
    for _n in range(5):
        answer_next(client, quiz().pk)
    attempt = Attempt.objects.get()
    assert (attempt.right, attempt.total, attempt.passed) == (6, 6, True)


def test_nobody_loses_by_a_mended_key_and_the_question_can_be_put_before_them(
    client: Client, trainer: Client
) -> None:
    response = answered(client, right=True)
    assert response.attempt.passed
    other = response.item.options.filter(right=False)[0]
    html = mend(trainer, response.item, other.pk)
    assert "1 answer was counted as right and stays so." in html
    response.refresh_from_db()
    assert (response.right, Attempt.objects.get().passed) == (True, True)
    page = f"/admin/assessments/item/{response.item.pk}/judged/"
    assert "somebody without an account" in trainer.get(page).content.decode()
    assert "1 notebook has it now." in trainer.post(page, {"again": "1"}, follow=True).content.decode()
    assert ReviewCard.objects.get().item == response.item
    assert "0 notebooks" in trainer.post(page, {"again": "1"}, follow=True).content.decode()


def test_no_page_says_right_and_not_right_of_one_answer(client: Client, trainer: Client) -> None:
    response = answered(client)
    assert "Not quite" in explained(client, response)
    chosen = chosen_in(response)
    for option in response.item.options.all():  # before it is judged again
        option.right = option.pk == chosen
        option.save()
    html = explained(client, response)
    assert "Not quite" not in html
    assert "Right after all: the question was mended." in html
    assert "notebook" not in html
    editions.keep_edition(item=response.item)
    judging.judge_again(item=response.item)
    html = explained(client, response)
    assert "Right after all: the question was mended." in html
    assert "Your answer, right:" in html


def test_an_answer_that_stays_right_by_favour_says_so(client: Client, trainer: Client) -> None:
    response = answered(client, right=True)
    mend(trainer, response.item, response.item.options.filter(right=False)[0].pk)
    html = explained(client, response)
    assert "It counts as right. The question was mended since" in html
    assert "not right:" not in html
    assert "Your answer:" in html


def test_who_is_concerned_is_named_to_whoever_leads_their_class_only(
    people: dict[str, Any], regions: dict[str, Any], make_user: Any, trainer: Client
) -> None:
    mine = world.person(make_user, "guixiang", regions["village"], display_name="Guixiang")
    other = world.person(make_user, "changgen", regions["village"], display_name="Changgen")
    module = Module.objects.get(slug=SLUG)
    from learners.classes import cohorts

    today = timezone.localdate()
    cohort = cohorts.open_cohort(
        leader=people["trainer"], title="枫树班", region=regions["village"], modules=[module],
        starts_on=today, ends_on=today + dt.timedelta(days=30),
    )  # fmt: skip
    cohorts.join_cohort(learner=mine, cohort=cohort)
    for learner in (mine, other):
        client = Client()
        client.force_login(learner.user)  # type: ignore[arg-type]  # they have accounts
        response = answered_by(client, learner)
    mend(trainer, response.item, chosen_in(response))
    html = trainer.get(f"/admin/assessments/item/{response.item.pk}/judged/").content.decode()
    assert "Guixiang" in html
    assert "Changgen" not in html
    assert "a learner of another class" in html


def answered_by(client: Client, learner: Any) -> Response:
    Item.objects.filter(module__slug=SLUG).exclude(pk=single().pk).update(live=False)
    courses.bump_content()
    answer_next(client, quiz().pk, right=False)
    return Response.objects.get(item=single(), attempt__learner=learner)


def test_the_page_of_another_trainers_question_is_not_there(trainer: Client) -> None:
    Module.objects.get(slug=SLUG).course.trainers.clear()
    assert trainer.get(f"/admin/assessments/item/{single().pk}/judged/").status_code == 404
    assert trainer.post(f"/admin/assessments/item/{single().pk}/judged/", {"again": "1"}).status_code == 404
    assert not ReviewCard.objects.exists()


def test_many_are_judged_in_batches(trainer: Client) -> None:
    for _n in range(3):
        client = Client()
        Item.objects.filter(module__slug=SLUG).exclude(pk=single().pk).update(live=False)
        courses.bump_content()
        answer_next(client, quiz().pk, right=False)
    item = single()
    chosen = chosen_in(Response.objects.order_by("pk")[0])
    for option in item.options.all():
        option.right = option.pk == chosen
        option.save()
    editions.keep_edition(item=item)
    concerned = judging.unjust(item).count()
    found = judging.judge_again(item=item, most=1)
    assert (found.answers, found.left) == (1, concerned - 1)
    while judging.judge_again(item=item, most=1).left:
        pass
    assert judging.unjust(item).count() == 0


# --- which answer is which ------------------------------------------------------------------------


@pytest.mark.parametrize(("now", "right"), [
    ([(1, "a"), (2, "b")], {1}),  # as it was
    ([(2, "b"), (1, "a")], {1}),  # moved
    ([(1, "b"), (2, "a")], {2}),  # the words were exchanged: the first is right now, and reads "b"
    ([(1, "a reworded"), (2, "b")], {1}),  # a slip of the pen mended
    ([(3, "c"), (2, "b")], set()),  # what is right now was not there then
])  # fmt: skip
def test_an_answer_is_known_again_by_its_words_else_by_its_id(now: list[Any], right: set[int]) -> None:
    then = [Line(pk, text, text) for pk, text in ((1, "a"), (2, "b"))]
    good = now[0] if now[0] != (2, "b") else now[1]
    key = [Line(pk, text, text, right=(pk, text) == good) for pk, text in now]
    assert {option.pk for option in KINDS["single"].today(then, key) if option.right} == right


def test_a_resent_id_of_judging_again_is_its_own() -> None:
    """Two questions of one try mended on one day give two records, not one."""
    one, two = uuid.uuid4(), uuid.uuid4()
    assert judging._again(one, 2) != judging._again(two, 2) != judging._again(two, 3)


def test_a_finished_try_whose_result_is_bettered_counts_once(client: Client) -> None:
    take_quiz(client, quiz().pk, wrong=2)
    attempt = Attempt.objects.get()
    learner = attempt.learner
    for response in attempt.responses.filter(right=False).select_related("item"):
        wanted = response.answer["chosen"]
        for option in response.item.options.all():
            option.right = option.pk in wanted
            option.save()
        editions.keep_edition(item=response.item)
        judging.judge_again(item=response.item)
    row = Enrolment.objects.get(learner=learner)
    assert (row.quiz_tries, row.first_score, row.best_score) == (1, 1.0, 1.0)
    assert row.quiz_passed_at is not None
    assert summaries.differences(learner.pk) == []
