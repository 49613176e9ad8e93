"""The question engine before questions of writers it never learnt from, and beside what anybody would try first."""

from __future__ import annotations

import math
import unicodedata

import pytest

from feedback.engine import in_use
from feedback.engine.classifier import corpus
from tests.feedback.baseline import Baseline, share_right

pytestmark = pytest.mark.once
FIRST, AMONG_THREE = {"zh": 0.80, "en": 0.78}, {"zh": 0.93, "en": 0.92}
ALONE, ALONE_RIGHT = 0.50, 0.95


@pytest.fixture(scope="module")
def judged() -> list[tuple[corpus.Example, str, tuple[str, ...], bool]]:
    examples = corpus.held_out()
    guesses = in_use.shipped_model().guess([example.text for example in examples])
    return [(e, g.theme, g.top, g.sure) for e, g in zip(examples, guesses, strict=True)]


def folded(text: str) -> str:
    return "".join(ch for ch in unicodedata.normalize("NFKC", text).casefold() if ch.isalnum())


def test_none_of_them_is_among_the_examples_it_was_trained_on() -> None:
    known = {folded(example.text) for example in corpus.shipped()}
    assert not [e.text for e in corpus.held_out() if folded(e.text) in known]


def test_every_theme_is_asked_in_both_languages() -> None:
    asked = [(e.theme, e.lang) for e in corpus.held_out()]
    assert {theme.code for theme in corpus.themes()} == {theme for theme, _lang in asked}
    assert min(asked.count(cell) for cell in set(asked)) >= 28


def test_every_writer_asks_of_every_theme() -> None:
    """Else a theme would be a writer's ways."""
    asked = {(e.writer, e.theme, e.lang) for e in corpus.held_out()}
    assert len(asked) == 4 * len(corpus.themes()) * 2


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_first_theme_and_first_three_reach_their_goals(
    judged: list[tuple[corpus.Example, str, tuple[str, ...], bool]], lang: str
) -> None:
    mine = [(e, theme, top) for e, theme, top, _sure in judged if e.lang == lang]
    assert sum(e.theme == theme for e, theme, _top in mine) / len(mine) >= FIRST[lang]
    assert sum(e.theme in top for e, _theme, top in mine) / len(mine) >= AMONG_THREE[lang]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_does_not_lose_to_the_plain_baseline(
    judged: list[tuple[corpus.Example, str, tuple[str, ...], bool]], lang: str
) -> None:
    """On the whole set, and with no single writer by more than chance explains (sign test over the questions only one
    of the two got right). Once it did in Chinese, and only strangers' questions showed it."""
    plain = Baseline([example for example in corpus.shipped() if example.lang == lang])
    mine = [(e, theme) for e, theme, *_rest in judged if e.lang == lang]
    asked = [e for e, _theme in mine]
    simple = plain.guess([e.text for e in asked])
    assert share_right([theme for _e, theme in mine], asked) >= share_right(simple, asked)
    for writer in sorted({e.writer for e in asked}):
        pairs = [
            (e.theme == ours, e.theme == theirs)
            for (e, ours), theirs in zip(mine, simple, strict=True)
            if e.writer == writer
        ]
        won, lost = pairs.count((True, False)), pairs.count((False, True))
        assert chance_of_so_few(won, won + lost) > 0.05, (writer, won, lost)


def chance_of_so_few(won: int, of: int) -> float:
    """How likely so few wins, or fewer, are in so many even bets."""
    return sum(math.comb(of, k) for k in range(won + 1)) / 2**of


def test_half_is_labelled_alone_and_nearly_all_of_it_rightly(
    judged: list[tuple[corpus.Example, str, tuple[str, ...], bool]],
) -> None:
    sure = [(e, theme) for e, theme, _top, sure in judged if sure]
    assert len(sure) / len(judged) >= ALONE
    assert sum(e.theme == theme for e, theme in sure) / len(sure) >= ALONE_RIGHT
