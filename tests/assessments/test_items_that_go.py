"""A question is taken out of use, moved or lost while somebody is in the middle of a try: the quiz goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.test import Client

from assessments.models import Attempt, Item, ItemEdition, Option, Response
from assessments.quiz import tries
from courses import services as courses
from courses.models import Module
from learners.models import Enrolment, LearningRecord
from mooc.lib.privacy import evidence
from tests.acts import answer_next, hidden, post, read_lesson, take_quiz
from tests.asking import quiz, trainer_of_the_quiz

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]


@pytest.fixture
def trainer(people: dict[str, Any]) -> Client:
    """Who has this quiz."""
    return trainer_of_the_quiz(people["trainer"])


def on_screen(client: Client) -> Item:
    return Item.objects.get(code=hidden(client.get(f"/quizzes/{quiz().pk}/").content.decode(), "item"))


def lose(item: Item) -> None:
    """As a database looks in which an item was deleted before that was refused."""
    Option.objects.filter(item=item).delete()
    with evidence.writing("keep_edition"):
        ItemEdition.objects.filter(item=item).delete()
    Item._base_manager.filter(pk=item.pk)._raw_delete(using="default")  # type: ignore[attr-defined]  # past all refusals


WAYS: dict[str, Callable[[Item], Any]] = {
    "out of use": lambda item: Item.objects.filter(pk=item.pk).update(live=False),
    "moved": lambda item: Item.objects.filter(pk=item.pk).update(module=Module.objects.get(slug="parcel")),
    "lost": lose,
}  # fmt: skip


def gone(way: str, *items: Item) -> None:
    for item in items:
        WAYS[way](item)
    courses.bump_content()
    tries.finish_tries(module_id=quiz().module_id)


@pytest.mark.parametrize("way", WAYS)
def test_an_open_try_goes_on_without_it_and_can_be_passed(client: Client, way: str) -> None:
    answer_next(client, quiz().pk)
    taken = on_screen(client)
    gone(way, taken)
    for _n in range(4):
        assert on_screen(client).code != taken.code
        answer_next(client, quiz().pk)
    attempt = Attempt.objects.get()
    assert (attempt.right, attempt.total, attempt.needed, attempt.passed) == (5, 5, 4, True)
    assert client.get(f"/quizzes/{quiz().pk}/tries/{attempt.uuid}/").status_code == 200
    assert Enrolment.objects.get().quiz_passed_at is not None


@pytest.mark.parametrize("way", WAYS)
def test_a_try_whose_last_question_goes_is_judged_by_what_was_answered(client: Client, way: str) -> None:
    for number in range(5):
        answer_next(client, quiz().pk, right=number > 0)
    gone(way, on_screen(client))
    attempt = Attempt.objects.get()
    assert (attempt.right, attempt.total, attempt.needed, attempt.passed) == (4, 5, 4, True)
    assert LearningRecord.objects.get(verb="passed").score == pytest.approx(0.8)


def test_nobody_passes_or_fails_by_one_answer_when_all_the_rest_goes(client: Client) -> None:
    answer_next(client, quiz().pk)
    attempt = Attempt.objects.get()
    drawn = attempt.item_codes.split()
    gone("out of use", *Item.objects.filter(code__in=drawn).exclude(code__in=attempt.answered_codes.split()))
    attempt.refresh_from_db()
    assert attempt.finished_at is not None
    assert (attempt.passed, attempt.score) == (None, None)
    assert not LearningRecord.objects.filter(verb__in=["passed", "failed"]).exists()
    page = client.get(f"/quizzes/{quiz().pk}/tries/{attempt.uuid}/", follow=True)
    assert page.status_code == 200, "what has no result leads on"


def test_a_try_nobody_could_settle_is_closed_by_the_next_ones_first_answer(client: Client) -> None:
    """Facts may be lost; the way to begin again never is."""
    answer_next(client, quiz().pk)
    stuck = Attempt.objects.get()
    rest = set(stuck.item_codes.split()) - set(stuck.answered_codes.split())
    Item.objects.filter(code__in=rest).update(live=False)
    extra = Item.objects.filter(module__slug="parcel")[:3]
    Item.objects.filter(pk__in=[item.pk for item in extra]).update(module=quiz().module_id)
    courses.bump_content()
    assert answer_next(client, quiz().pk).status_code == 302
    stuck.refresh_from_db()
    assert stuck.finished_at is not None
    assert Attempt.objects.filter(finished_at=None).exclude(pk=stuck.pk).count() == 1


def test_the_answer_to_a_question_taken_out_meanwhile_still_counts_in_its_try(client: Client) -> None:
    answer_next(client, quiz().pk)
    html = client.get(f"/quizzes/{quiz().pk}/").content.decode()
    item = Item.objects.get(code=hidden(html, "item"))
    gone("out of use", item)
    right = [o.pk for o in item.options.all() if o.right]
    data = {"attempt": hidden(html, "attempt"), "item": item.code, "choice": right}
    assert post(client, f"/quizzes/{quiz().pk}/answer/", data).status_code == 302
    assert Response.objects.get(item=item).right
    for _n in range(4):
        answer_next(client, quiz().pk)
    assert Attempt.objects.get().total == 6


def test_the_answer_to_a_question_that_is_gone_is_told_and_leads_on(client: Client) -> None:
    answer_next(client, quiz().pk)
    html = client.get(f"/quizzes/{quiz().pk}/").content.decode()
    item = Item.objects.get(code=hidden(html, "item"))
    gone("moved", item)
    data = {"attempt": hidden(html, "attempt"), "item": item.code, "choice": item.options.all()[0].pk}
    client.cookies["django_language"] = "en"
    told = post(client, f"/quizzes/{quiz().pk}/answer/", data)
    page = client.get(told.headers["Location"]) if told.status_code in (302, 303) else told
    assert "This question was taken out of the quiz." in page.content.decode()
    assert hidden(page.content.decode(), "item") != item.code
    assert Response.objects.count() == 1


def test_a_question_taken_out_of_use_rests_in_the_notebook_and_comes_back(client: Client) -> None:
    answer_next(client, quiz().pk, right=False)
    item = Response.objects.get().item
    card = item.review_cards.get()
    assert item.stem in client.get("/me/review/").content.decode()
    gone("out of use", item)
    assert item.stem not in client.get("/me/review/").content.decode()
    assert client.get(f"/me/review/{card.pk}/").headers["Location"] == "/me/review/"
    Item.objects.filter(pk=item.pk).update(live=True)
    assert client.get(f"/me/review/{card.pk}/").status_code == 200


# --- what may go, what stays ----------------------------------------------------------------------


def test_a_code_never_changes(trainer: Client) -> None:
    item = quiz().module.items.first()
    assert item is not None
    code, item.code = item.code, "OTHER"
    with pytest.raises(ValidationError):
        item.full_clean()
    with pytest.raises(ValidationError):
        item.save()
    with pytest.raises(ValidationError):
        Item.objects.filter(pk=item.pk).update(code="OTHER")
    assert Item.objects.get(pk=item.pk).code == code
    html = trainer.get(f"/admin/assessments/item/{item.pk}/change/").content.decode()
    assert 'name="code"' not in html
    assert 'name="module"' in html, "nobody answered it: it may move"


@pytest.mark.parametrize("how", ["answered", "drawn"])
def test_what_was_asked_is_not_deleted(client: Client, trainer: Client, how: str) -> None:
    answer_next(client, quiz().pk)
    item = Response.objects.get().item if how == "answered" else on_screen(client)
    with pytest.raises(ProtectedError):
        item.delete()
    with pytest.raises(ProtectedError):
        Item.objects.filter(pk=item.pk).delete()
    page = trainer.post(f"/admin/assessments/item/{item.pk}/delete/", {"post": "yes"})
    assert "Take it out of use instead" in page.content.decode()
    assert Item.objects.filter(pk=item.pk).exists()
    html = trainer.get(f"/admin/assessments/item/{item.pk}/change/").content.decode()
    assert ('name="module"' in html) == (how == "drawn"), "an answered one stays where its answers count"


def test_a_question_nobody_was_asked_may_be_deleted(trainer: Client) -> None:
    item = quiz().module.items.order_by("-pk")[0]
    trainer.post(f"/admin/assessments/item/{item.pk}/delete/", {"post": "yes"})
    assert not Item.objects.filter(pk=item.pk).exists()


def test_a_passed_quiz_stays_passed_when_its_questions_go(client: Client) -> None:
    for slug in ("borrow-the-window", "clean-ground"):
        read_lesson(client, slug)
    take_quiz(client, quiz().pk)
    before = Enrolment.objects.values().get()
    gone("out of use", *quiz().module.items.all())
    assert Enrolment.objects.values().get() == before
    attempt = Attempt.objects.get()
    for path in [f"/quizzes/{quiz().pk}/tries/{attempt.uuid}/", "/me/"] + [
        f"/quizzes/{quiz().pk}/tries/{attempt.uuid}/{code}/" for code in attempt.answered_codes.split()
    ]:
        assert client.get(path).status_code == 200, path
