"""Steps to put in order: a kind of question everywhere a question is asked, kept, judged and written."""

from __future__ import annotations

import json
import re
import uuid
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assessments.exchange.quiz_files import parse_quiz
from assessments.kinds import KINDS
from assessments.kinds.base import Option as Line
from assessments.kinds.ordering import Ordering
from assessments.models import Attempt, Item, Quiz, Response, ReviewCard
from courses.exchange import loader
from learners.models import LearningRecord
from mooc.lib.errors import DomainError
from tests.acts import choice_of, hidden, post
from tests.steps import SLUG, STEPS, only_steps

SHIPPED = Path(__file__).resolve().parent.parent.parent / "courses" / "content"


@pytest.fixture
def item(curriculum: Any) -> Item:
    """The only question of the quiz that is in use."""
    return only_steps()


def ids_of(item: Item) -> list[int]:
    return list(item.options.values_list("pk", flat=True))


def quiz_path() -> str:
    return f"/quizzes/{Quiz.objects.get(module__slug=SLUG).pk}/"


def asked(client: Client) -> str:
    client.cookies["django_language"] = "en"
    return client.get(quiz_path()).content.decode()


def send(client: Client, choice: list[Any], html: str = "") -> Any:
    html = html or asked(client)
    data = {name: hidden(html, name) for name in ("attempt", "item", "edition")} | {"choice": choice}
    return post(client, f"{quiz_path()}answer/", data)


def places(ids: list[int], *numbers: int) -> list[str]:
    """What the form sends when the steps, as they are right, are given these numbers."""
    return [f"{number}:{pk}" for number, pk in zip(numbers, ids, strict=True)]


# --- judging ---------------------------------------------------------------------------------------


def test_the_score_is_the_share_of_pairs_that_stand_right() -> None:
    lines = [Line(pk, str(pk), str(pk)) for pk in range(1, 5)]
    scores = {
        order: Ordering().judge({"order": list(order)}, lines).score for order in permutations(range(1, 5))
    }
    assert scores[(1, 2, 3, 4)] == 1.0
    assert scores[(4, 3, 2, 1)] == 0.0
    assert scores[(2, 1, 3, 4)] == pytest.approx(5 / 6)
    assert scores[(1, 4, 2, 3)] == pytest.approx(4 / 6)
    assert [order for order, score in scores.items() if score == 1.0] == [(1, 2, 3, 4)]
    assert sum(scores.values()) / len(scores) == pytest.approx(0.5)  # by chance alone


def test_todays_order_counts_for_the_wording_of_then() -> None:
    then = [Line(pk, text, text) for pk, text in enumerate("abc", 1)]
    moved = [Line(9, "c", "c"), Line(1, "a", "a"), Line(2, "b reworded", "b")]
    assert [line.text_zh for line in Ordering().today(then, moved)] == ["c", "a", "b"]
    assert Ordering().today(then, moved[:2]) == then  # a step was taken out: the order of then stands


# --- the quiz, without a script ----------------------------------------------------------------------


def test_every_step_has_a_field_of_its_own_and_no_script_is_needed(client: Client, item: Item) -> None:
    html = asked(client)
    fields = re.findall(r'<select class="input place" name="choice" required>(.*?)</select>', html, re.DOTALL)
    assert len(fields) == len(STEPS)
    assert all(re.findall(r">(\d)</option>", field) == ["1", "2", "3", "4"] for field in fields)
    assert all(en in html for _zh, en in STEPS)
    assert "Give every step its number" in html


def test_the_right_order_is_right_and_kept_with_what_was_asked(client: Client, item: Item) -> None:
    ids = ids_of(item)
    answer = send(client, sorted(places(ids, 1, 2, 3, 4), reverse=True))
    response = Response.objects.get()
    assert (response.answer, response.score, response.right) == ({"order": ids}, 1.0, True)
    assert (response.edition, sorted(response.shown)) == (1, ids)
    record = LearningRecord.objects.get(verb="answered")
    assert (record.response, record.score, record.success) == (",".join(map(str, ids)), 1.0, True)
    assert Attempt.objects.get().passed
    html = client.get(answer["Location"]).content.decode().split("<main", 1)[1]
    assert html.count('class="option right"') == 4
    assert 'class="option wrong"' not in html


def test_a_wrong_order_has_a_share_and_is_shown_beside_the_right_one(client: Client, item: Item) -> None:
    answer = send(client, places(ids_of(item), 2, 1, 3, 4))
    response = Response.objects.get()
    assert (response.score, response.right) == (pytest.approx(5 / 6), False)
    html = client.get(answer["Location"]).content.decode().split("<main", 1)[1]
    assert html.count('class="option wrong"') == 2
    assert "You put it as number 2" in html
    texts = [html.index(en) for _zh, en in STEPS]
    assert texts == sorted(texts)  # in the right order
    assert ReviewCard.objects.get().item == item


GARBLED: dict[str, Any] = {
    "nothing": lambda ids: [],
    "one is missing": lambda ids: places(ids, 1, 2, 3, 4)[:3],
    "one has no number": lambda ids: [*places(ids, 1, 2, 3, 4)[:3], ""],
    "a number twice": lambda ids: places(ids, 1, 2, 2, 3),
    "a number beyond": lambda ids: places(ids, 1, 2, 3, 5),
    "a step twice": lambda ids: [f"{n}:{ids[0]}" for n in (1, 2, 3, 4)],
    "a strange step": lambda ids: [*places(ids, 1, 2, 3, 4)[:3], "4:999999"],
    "ids and numbers": lambda ids: [*places(ids, 1, 2, 3, 4)[:3], str(ids[3])],
    "words": lambda ids: ["a", "b:c", "::", "1:2:3"],
    "long": lambda ids: ["1:" + "9" * 500],
}


@pytest.mark.parametrize("name", list(GARBLED))
def test_a_garbled_answer_is_refused_with_a_sentence_and_stores_nothing(
    client: Client, item: Item, name: str
) -> None:
    answer = send(client, GARBLED[name](ids_of(item)))
    assert answer.status_code == 400
    assert "Give every step a number of its own" in answer.content.decode()
    assert not Response.objects.exists()
    assert not LearningRecord.objects.exists()


def test_what_was_given_already_is_not_to_be_done_again(client: Client, item: Item) -> None:
    choice = places(ids_of(item), 3, 1, 1, 4)
    html = send(client, choice).content.decode()
    assert set(re.findall(r'<option value="([^"]+)" selected>', html)) == set(choice)


# --- the notebook, the phone, the API -----------------------------------------------------------------


def test_it_comes_back_in_the_notebook(client: Client, item: Item) -> None:
    send(client, places(ids_of(item), 4, 3, 2, 1))
    card = ReviewCard.objects.get()
    path = f"/me/review/{card.pk}/"
    assert client.get(path).content.decode().count('name="choice"') == 4
    assert (
        post(client, f"{path}answer/", {"round": "0", "choice": places(ids_of(item), 1, 1, 1, 1)}).status_code
        == 400
    )
    html = post(client, f"{path}answer/", {"round": "0", "choice": places(ids_of(item), 1, 2, 3, 4)})
    assert html.content.decode().count('class="option right"') == 4
    assert LearningRecord.objects.filter(verb="answered", success=True, score=1.0).count() == 1
    again = post(client, f"{path}answer/", {"round": "0", "choice": places(ids_of(item), 2, 1, 3, 4)})
    assert "The first answer counts" in again.content.decode()


def sync(client: Client, **values: Any) -> dict[str, Any]:
    now = timezone.now().isoformat()
    sent = {"id": str(uuid.uuid4()), "kind": "answer", "quiz": SLUG, "item": "T01-90", "at": now} | values
    body = json.dumps({"items": [sent], "sent": now, "phone": str(uuid.UUID(int=7, version=4))})
    answer: dict[str, Any] = client.post("/api/v1/sync/", body, content_type="application/json").json()
    return dict(answer["results"][0])


def test_a_phone_sends_it_later_as_the_form_would_or_by_its_ids(client: Client, item: Item) -> None:
    ids, attempt = ids_of(item), str(uuid.uuid4())
    chosen = places(ids, 1, 2, 4, 3)
    assert sync(client, attempt=attempt, edition=1, chosen=chosen)["status"] == "stored"
    assert Response.objects.get().answer == {"order": [ids[0], ids[1], ids[3], ids[2]]}
    assert (
        sync(client, attempt=attempt, edition=1, chosen=[ids[0], ids[1], ids[3], ids[2]])["status"]
        == "duplicate"
    )
    assert sync(client, attempt=attempt, edition=1, chosen=ids)["code"] == "answered_already"
    assert sync(client, attempt=attempt, edition=1, chosen=["x"])["code"] == "answered_already"
    refused = sync(client, attempt=str(uuid.uuid4()), chosen=places(ids, 1, 1, 1, 1))
    assert (refused["status"], refused["code"]) == ("rejected", "no_choice")
    assert "Give every step" in refused["detail"] or "选一个号" in refused["detail"]
    assert Response.objects.count() == 1


def test_the_api_does_not_tell_the_order(client: Client, item: Item) -> None:
    told = client.get(f"/api/v1/quizzes/{SLUG}/").json()["items"]
    (row,) = [row for row in told if row["code"] == item.code]
    assert (row["kind"], row["edition"]) == ("ordering", 1)
    listed = [option["id"] for option in row["options"]]
    assert sorted(listed) == ids_of(item)
    assert listed == KINDS["ordering"].arrange(ids_of(item), item.code)


# --- the desk and files --------------------------------------------------------------------------------


def form_of(item: Item | None, texts: list[tuple[str, str]], *, tick: int = -1) -> dict[str, Any]:
    module = Quiz.objects.get(module__slug=SLUG).module
    rows = list(item.options.all()) if item else []
    form: dict[str, Any] = {
        "code": item.code if item else "T01-91", "module": module.pk, "kind": "ordering", "live": "on",
        "position": 9, "stem_zh": "先做啥？", "stem_en": "What first?", "why_zh": "因为。", "why_en": "Because.",
        "options-TOTAL_FORMS": len(texts), "options-INITIAL_FORMS": len(rows),
    }  # fmt: skip
    for place, (zh, en) in enumerate(texts):
        name = f"options-{place}-"
        form |= {f"{name}text_zh": zh, f"{name}text_en": en, f"{name}position": place}
        form |= {f"{name}right": "on"} if place == tick else {}
        form |= {f"{name}id": rows[place].pk, f"{name}item": rows[place].item_id} if place < len(rows) else {}
    return form


@pytest.fixture
def desk(make_user: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_user("boss", is_superuser=True, is_staff=True))
    return client


def test_a_trainer_writes_one_and_is_told_what_is_wrong(desk: Client, item: Item) -> None:
    add = "/admin/assessments/item/add/"
    assert "write them in the order that is right" in desk.get(add).content.decode()
    for texts, tick, sentence in (
        (STEPS[:2], -1, "Write three to eight steps"), ([*STEPS[:2], STEPS[0]], -1, "Two steps read the same"),
        (STEPS, 1, "Steps are not ticked"),
    ):  # fmt: skip
        assert sentence in desk.post(add, form_of(None, texts, tick=tick)).content.decode()
    assert not Item.objects.filter(code="T01-91").exists()
    assert desk.post(add, form_of(None, STEPS)).status_code == 302
    made = Item.objects.get(code="T01-91")
    assert list(made.options.values_list("text_zh", "text_en")) == STEPS
    assert made.edition == 1
    page = desk.get(f"/preview/modules/{made.module_id}/quiz/").content.decode()
    assert "<b>1.</b> Wipe the lens" in " ".join(page.split())


def test_a_mended_order_judges_again_and_nobody_loses(client: Client, desk: Client, item: Item) -> None:
    ids = ids_of(item)
    send(client, places(ids, 2, 1, 3, 4))
    other = Client()
    send(other, places(ids, 1, 2, 3, 4))
    mended = [STEPS[1], STEPS[0], *STEPS[2:]]
    answer = desk.post(f"/admin/assessments/item/{item.pk}/change/", form_of(item, mended), follow=True)
    text = answer.content.decode()
    assert "1 answer is right by the mended key and was judged again." in text
    assert "1 answer was counted as right and stays so." in text
    first, second = Response.objects.order_by("pk")
    assert (first.right, first.score, first.mended_at is not None) == (True, 1.0, True)
    assert (second.right, second.score, second.mended_at) == (True, 1.0, None)
    assert list(Attempt.objects.values_list("passed", flat=True)) == [True, True]
    assert not ReviewCard.objects.exists()


def test_the_file_grammar_reads_it_and_names_what_is_wrong() -> None:
    lines = "".join(f"{n}. zh: {zh}\n  en: {en}\n" for n, (zh, en) in enumerate(STEPS, 1))
    head = "## C01-1 ordering\nlesson: 1\nskill: P01\nzh: 问\nen: Q\nwhy_zh: 因\nwhy_en: W\n"
    read = parse_quiz(head + lines, lessons=1)
    assert read.errors == []
    assert [(option.zh, option.en) for option in read.items[0].options] == STEPS
    for wrong in (lines.replace("2.", "3."), lines.replace("1. zh", "+ zh"), lines.split("3.")[0]):
        assert len(parse_quiz(head + wrong, lessons=1).errors) == 1
    with pytest.raises(DomainError):
        Ordering().read(["1"], [])


@pytest.mark.django_db
def test_one_ships_in_both_languages_and_is_loaded_in_its_order() -> None:
    loader.load_tables(SHIPPED)
    assert loader.load_tree(SHIPPED / "C12-pack-and-ship").errors == []
    shipped = Item.objects.get(code="C12-15")
    assert choice_of("C12-15") == list(shipped.options.order_by("position").values_list("pk", flat=True))
