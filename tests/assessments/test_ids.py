"""What a page shows beside the lines of a question, their ids, does not tell how its author wrote them."""

from __future__ import annotations

import importlib
import re
from itertools import permutations
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from assessments.bank import editions, ids
from assessments.exchange.bank_loader import _write_options
from assessments.exchange.quiz_files import parse_quiz
from assessments.models import Item, Option, Quiz, Response
from assessments.quiz import judging
from courses import services as courses
from mooc.lib.privacy import evidence
from tests.acts import answer_next, hidden, post
from tests.steps import SLUG, STEPS, only_steps

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
MAKES = r"Option\((item|position)|Option\.objects\.(bulk_)?create|options\.(bulk_)?create"
DRAWS = list(permutations(range(len(STEPS))))


def of_lot(monkeypatch: pytest.MonkeyPatch, draw: tuple[int, ...]) -> None:
    """The next draws are this one."""

    def shuffle(rows: list[Any]) -> None:
        rows[:] = [rows[place] for place in draw] if len(rows) == len(draw) else rows

    monkeypatch.setattr(ids, "_shuffle", shuffle)


def places_by_id(item: Item) -> tuple[int, ...]:
    """Which place of the author's order each line has, from the lowest id to the highest."""
    texts = [zh for zh, _en in STEPS]
    return tuple(texts.index(row.text_zh) for row in item.options.order_by("pk"))


def empty_item() -> Item:
    item = only_steps()
    item.options.all().delete()
    return item


def test_the_lines_of_a_file_get_their_ids_by_lot_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every draw gives ids in exactly its order, so who sees the ids knows the draw, and of the order nothing."""
    lines = "".join(f"{n}. zh: {zh}\n  en: {en}\n" for n, (zh, en) in enumerate(STEPS, 1))
    head = "## C01-1 ordering\nlesson: 1\nskill: P01\nzh: 问\nen: Q\nwhy_zh: 因\nwhy_en: W\n"
    source = parse_quiz(head + lines, lessons=1).items[0]
    item = empty_item()
    for draw in DRAWS:
        of_lot(monkeypatch, draw)
        item.options.all().delete()
        _write_options(item, source)
        assert places_by_id(item) == draw
        assert [row.text_zh for row in item.options.order_by("position")] == [zh for zh, _en in STEPS]


def test_so_do_those_of_the_desk(monkeypatch: pytest.MonkeyPatch, make_user: Any) -> None:
    desk = Client()
    desk.force_login(make_user("boss", is_superuser=True, is_staff=True))
    module = Quiz.objects.get(module__slug=SLUG).module
    for number, draw in enumerate(DRAWS[1::5]):
        of_lot(monkeypatch, draw)
        form: dict[str, Any] = {
            "code": f"T01-7{number}", "module": module.pk, "kind": "ordering", "live": "on", "position": 9,
            "stem_zh": "先做啥？", "stem_en": "What first?", "why_zh": "因为。", "why_en": "Because.",
            "options-TOTAL_FORMS": len(STEPS), "options-INITIAL_FORMS": 0,
        }  # fmt: skip
        for place, (zh, en) in enumerate(STEPS):
            name = f"options-{place}-"
            form |= {f"{name}text_zh": zh, f"{name}text_en": en, f"{name}position": place}
        assert desk.post("/admin/assessments/item/add/", form).status_code == 302
        assert places_by_id(Item.objects.get(code=f"T01-7{number}")) == draw


def test_the_lot_is_not_always_the_same() -> None:
    assert len({tuple(ids.in_any_order(range(8))) for _turn in range(20)}) > 1


def test_every_way_to_make_a_line_draws(pytestconfig: pytest.Config) -> None:
    """A new place that makes options has to be named here."""
    makers = {
        path.relative_to(pytestconfig.rootpath).as_posix()
        for folder in ("mooc", "courses", "learners", "feedback", "assessments")
        for path in (pytestconfig.rootpath / folder).rglob("*.py")
        if re.search(MAKES, path.read_text())
    }
    assert makers == {"assessments/exchange/bank_loader.py"}


# --- what stood before -----------------------------------------------------------------------------


@pytest.fixture
def scattered(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The migration, by a draw that turns every order round."""
    module = importlib.import_module("assessments.migrations.0014_ids_tell_no_order")

    class Turned:
        @staticmethod
        def shuffle(rows: list[Any]) -> None:
            rows.reverse()

    monkeypatch.setattr(module, "SystemRandom", Turned)

    def run() -> None:
        with evidence.writing("keep_edition"):
            module.scatter(apps, None)
        courses.bump_content()

    return run


def test_answers_given_before_keep_their_meaning(client: Client, scattered: Any) -> None:
    item = only_steps()
    quiz = Quiz.objects.get(module__slug=SLUG)
    answer_next(client, quiz.pk)
    wrong = Client()
    answer_next(wrong, quiz.pk, right=False)
    was = list(item.options.values_list("pk", flat=True))
    scattered()
    item.refresh_from_db()
    assert list(item.options.values_list("pk", flat=True)) == was[::-1]
    assert [row.text_zh for row in item.options.all()] == [zh for zh, _en in STEPS]
    assert item.edition == 2
    for row in Response.objects.all():
        wording = editions.wording(item, row.edition)
        assert [line.text_zh for line in wording.options] == [zh for zh, _en in STEPS]
        assert wording.kind.judge(row.answer, wording.options).score == row.score
    assert judging.judge_again(item=item).left == 0
    assert sorted(Response.objects.values_list("right", "mended_at")) == [(False, None), (True, None)]


def test_a_page_from_before_is_judged_as_it_was_shown(client: Client, scattered: Any) -> None:
    item = only_steps()
    path = f"/quizzes/{Quiz.objects.get(module__slug=SLUG).pk}/"
    html = client.get(path).content.decode()
    choice = [f"{place}:{pk}" for place, pk in enumerate(item.options.values_list("pk", flat=True), 1)]
    scattered()
    data = {name: hidden(html, name) for name in ("attempt", "item", "edition")} | {"choice": choice}
    assert post(client, f"{path}answer/", data).status_code == 302
    assert Response.objects.get().right


def test_what_is_known_by_its_ids_alone_stays(client: Client, scattered: Any) -> None:
    item = only_steps()
    answer_next(client, Quiz.objects.get(module__slug=SLUG).pk)
    with evidence.writing("answer_item"):
        Response.objects.update(edition=0)
    was = list(Option.objects.filter(item=item).values_list("pk", "text_zh"))
    scattered()
    assert list(Option.objects.filter(item=item).values_list("pk", "text_zh")) == was
