"""What somebody asks for, in tokens: words without a subject go, other names come in. Pure, but for a table.

The figures are calibrated on the questions of ``tests/search/``.
"""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings

from mooc.lib.text.cleaning import HAN, fold, tokens
from mooc.lib.text.hanzi import simplified

ENOUGH = 0.5  # a text must have more than this share of what was asked
OTHER_NAME = 0.8
IN_PASSING = 0.5
IN_MODULE = 0.3
HALF_WORD = 0.5
UNTAUGHT = 2.0  # 种 in 种苹果: that apples are spoken of does not help
MOST = 8  # things asked for at once
_STOP = re.compile(
    r"怎么样|怎么办|怎么|怎样|如何|什么样|什么|为啥|为什么|哪里|哪儿|在哪|去哪|几个|注意|需要|遇到|碰到|咋办|咋样|咋|啥时候|什么时候|啥"
    r"|可以|能不能|要不要|会不会|我想|想要|请问|是不是|有没有|有没|有啥|有人|叫我|让人|自家|自己|村里|起个|弄个|做个|合适|[吗呢吧啊呀么的了我你在要把能会给]"
    r"|\b(?:how|to|do|does|i|my|the|a|an|is|are|what|why|can|of|for|in|on|and|it|you|me|with|be|when|should|get)\b"
)
_SPELT_OUT = re.compile(rf"(?<![^\s])[{HAN}](?:\s+[{HAN}](?!\S))+")
Tokens = frozenset[str]


@dataclass(frozen=True, slots=True)
class Text:
    """The words of what may be found: how often each stands in it, those of its title and of what it is part of."""

    counts: Mapping[str, int]  # a counter: 0 for what is not in it
    title: Tokens
    module: Tokens = frozenset()

    def is_about(self, words: Tokens) -> bool:
        """Whether it says one of the words in a title, or more than once: not just in passing."""
        return any(word in self.title or word in self.module or self.counts[word] > 1 for word in words)


@dataclass(frozen=True, slots=True)
class Part:
    """A pair of characters, or a word of the table of synonyms, with other ways to say it.

    :param spots: the places of its characters in what was asked for.
    :param sure: whether it is a word for certain, not a pair that may reach over the edge of one.
    """

    own: Tokens
    others: tuple[Tokens, ...]
    spots: frozenset[int]
    sure: bool
    weight: float = 1.0

    def in_(self, words: Set[str]) -> float:
        """1 for its own name among the words, 0.8 for another."""
        if self.own <= words:
            return 1
        return OTHER_NAME if any(other <= words for other in self.others) else 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing asked for. In 寄活鱼 another word for 寄 leaves 活鱼 open."""

    parts: tuple[Part, ...]

    def in_(self, words: Set[str]) -> float:
        """How much of it is among the words, 0.0–1.0."""
        return sum(part.weight * part.in_(words) for part in self.parts) / self._all

    def found_in(self, text: Text) -> float:
        """The same of a whole text: what it says only in passing counts half."""
        words = text.counts.keys()
        named = [
            group for part in self.parts for group in (part.own, *part.others) if group and group <= words
        ]
        return self.in_(words) * (1 if text.is_about(frozenset().union(*named)) else IN_PASSING)

    def rank(self, text: Text) -> float:
        """For the order of what was found: most in the text's own title, then in its module's."""
        return self.found_in(text) + self.in_(text.title) + IN_MODULE * self.in_(text.module)

    @property
    def _all(self) -> float:
        return sum(part.weight for part in self.parts) or 1

    def among(self, known: Set[str]) -> Wanted:
        """The same where these are the words that anybody uses: pairs over the edge of a word weigh less.

        In 拍视频 nobody writes 拍视; 视频 is a word, so what is left of that pair is half a thing, 拍. In
        手机没信号 nothing is left of 机没 once 手机 and 没信号 are words.
        """
        firm = [part for part in self.parts if part.sure or part.own <= known]
        covered = frozenset[int]().union(*(part.spots for part in firm))
        parts = []
        for part in self.parts:
            left = part.spots - covered
            if part in firm or len(left) == len(part.spots):
                parts.append(part)
            elif left:
                parts.append(replace(part, weight=HALF_WORD))
                covered |= left
        return Wanted(tuple(parts))


def words_of(wanted: Sequence[Wanted]) -> list[str]:
    """Every token that may help to find it."""
    parts = [part for want in wanted for part in want.parts]
    return sorted({word for part in parts for words in (part.own, *part.others) for word in words})


def answers(wanted: Sequence[Wanted], text: Text) -> bool:
    """Whether a text has enough of what was asked."""
    return sum(want.found_in(text) for want in wanted) > ENOUGH * len(wanted)


def score(wanted: Sequence[Wanted], text: Text) -> float:
    """How well it answers, to be compared with others only."""
    return sum(want.rank(text) for want in wanted)


@functools.cache
def synonyms() -> dict[str, tuple[str, ...]]:
    """What people say → what lessons say. With nothing said, it is what nobody teaches: 种 beside 苹果."""
    path = Path(settings.BASE_DIR) / "courses" / "content" / "synonyms.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["said"]: tuple(row["means"].split()) for row in rows}


@functools.cache
def _table_words() -> re.Pattern[str]:
    """The words of the table that are not Latin, the longest first."""
    words = sorted((word for word in synonyms() if not word.isascii()), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)) or r"(?!)")


def plain(text: str) -> str:
    """Small letters, simplified characters, plain spaces; what was written 退　货 is 退货."""
    return _SPELT_OUT.sub(lambda found: "".join(found[0].split()), simplified(fold(text)))


def _subjects(text: str) -> str:
    """Without the words that carry no subject; words of the table stay whole: 太贵, 不会."""
    pattern, place, kept = _table_words(), 0, []
    for found in [*pattern.finditer(text), None]:
        end = found.start() if found else len(text)
        kept += [_STOP.sub(" ", text[place:end]), found[0] if found else ""]
        place = found.end() if found else end
    return "".join(kept)


def understand(text: str) -> list[Wanted]:
    """The things asked for, each with other names."""
    runs = [run for run in re.split(r"[\s\W]+", _subjects(plain(text))) if tokens(run)]
    long = [run for run in runs if len(run) > 1 or run in synonyms()]  # 不 alone says nothing beside others
    found = [Wanted(tuple(_parts(run))) for run in long or runs]
    return [want for want in found if want.parts][:MOST]


def _parts(run: str) -> Iterator[Part]:
    """Words of the table as they stand in a run, and the pairs of characters that are not inside them."""
    spans = [(found.start(), found.end()) for found in _table_words().finditer(run)]
    for start, end in spans:
        yield _named(run[start:end], start)
    inside = [set(range(start, end)) for start, end in spans]
    place = 0
    for token in tokens(run):
        place = run.index(token, place)
        if token.isascii():
            yield _named(token, place)
        elif not any(set(range(place, place + len(token))) <= word for word in inside):
            yield Part(frozenset([token]), (), frozenset(range(place, place + len(token))), sure=False)


def _named(word: str, place: int) -> Part:
    others = synonyms().get(word, ())
    weight: float = 1
    if word in synonyms() and not others:
        weight = UNTAUGHT
    elif not word.isascii():
        weight = max(1, len(word) - 1)
    return Part(
        frozenset(tokens(word)),
        tuple(frozenset(tokens(other)) for other in others),
        frozenset(range(place, place + len(word))),
        sure=True,
        weight=weight,
    )
