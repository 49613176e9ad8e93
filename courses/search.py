"""Search that finds in everyday words, the same on SQLite and PostgreSQL.

The database gives candidates by token; what counts as found is decided here, on few rows: more than
half of what was asked must be what the lesson is about. So "how do I dance" finds nothing although
every lesson has a "how", and what nobody teaches yet is noticed as demand. The figures are
calibrated on the questions of ``tests/search/``.
"""

from __future__ import annotations

import csv
import functools
import re
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from mooc.lib.localized import current
from mooc.lib.text import clean, fold, tokens

from .data import SearchHit
from .models import LessonEdition, SearchEntry, SearchQuery
from .search_index import MODULE_MARK

MAX_WORDS = 80  # characters of a search
CANDIDATES = 60
HITS = 5
ENOUGH = 0.5  # a lesson must have more than this share of what was asked
NEAR = 0.6  # of the best score: what is much worse than the best is not shown
OTHER_NAME = 0.8
IN_PASSING = 0.5
IN_MODULE = 0.3
_STOP = re.compile(
    r"怎么样|怎么办|怎么|怎样|如何|什么样|什么|为啥|为什么|哪里|哪儿|在哪|去哪|几个|注意|需要|遇到|碰到|咋办|咋样|咋|可以|能不能|要不要|我想|想要|请问|是不是|有没有|[吗呢吧啊呀么的了我你在要把能会给]"
    r"|\b(?:how|to|do|does|i|my|the|a|an|is|are|what|why|can|of|for|in|on|and|it|you|me|with|be|when|should)\b"
)


@dataclass(frozen=True, slots=True)
class Text:
    """The words of one lesson: how often each stands in it, those of its title and of its module's."""

    counts: Counter[str]
    title: frozenset[str]
    module: frozenset[str]

    def is_about(self, words: frozenset[str]) -> bool:
        """Whether it says one of the words in a title, or more than once: not just in passing."""
        return any(word in self.title or word in self.module or self.counts[word] > 1 for word in words)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing asked for, as its tokens, each with other ways to say it.

    A synonym stands in only for the tokens it explains: in 寄活鱼 another word for 寄 leaves 活鱼 open.
    """

    parts: tuple[tuple[frozenset[str], tuple[frozenset[str], ...]], ...]

    def in_(self, words: Set[str]) -> float:
        """How much of it is among the words, 0.0–1.0: another name counts 0.8."""
        found = 0.0
        for own, others in self.parts:
            if own <= words:
                found += 1
            elif any(other <= words for other in others):
                found += OTHER_NAME
        return found / len(self.parts)

    def found_in(self, text: Text) -> float:
        """The same of a whole lesson: what it says only in passing counts half."""
        words = text.counts.keys()
        named = [group for own, others in self.parts for group in (own, *others) if group <= words]
        about = text.is_about(frozenset().union(*named))
        return self.in_(words) * (1 if about else IN_PASSING)

    def weight(self, text: Text) -> float:
        """For the order of what was found: most in the lesson's own title, then in its module's."""
        return self.found_in(text) + self.in_(text.title) + IN_MODULE * self.in_(text.module)


@functools.cache
def synonyms() -> dict[str, tuple[str, ...]]:
    """What people say → what lessons say."""
    path = Path(settings.BASE_DIR) / "courses" / "content" / "synonyms.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["said"]: tuple(row["means"].split()) for row in rows}


def understand(text: str) -> list[Wanted]:
    """The things asked for, without the words that carry no subject."""
    runs = [run for run in re.split(r"[\s\W]+", _STOP.sub(" ", fold(text))) if tokens(run)]
    long = [run for run in runs if len(run) > 1 or run in synonyms()]  # 不 alone says nothing beside others
    return [Wanted(tuple(_parts(run))) for run in long or runs][:8]


def _parts(run: str) -> Iterator[tuple[frozenset[str], tuple[frozenset[str], ...]]]:
    """Each token of a run, with the synonyms of what is said at its place."""
    place = 0
    for token in tokens(run):
        place = run.index(token, place)
        end = place + len(token)
        said = [
            word for word in synonyms()
            if (word == token if token.isascii() else _meets(run, word, place, end))
        ]  # fmt: skip
        yield (
            frozenset([token]),
            tuple(frozenset(tokens(other)) for word in said for other in synonyms()[word]),
        )


def _meets(run: str, word: str, start: int, end: int) -> bool:
    """Whether a word stands in a run so that it shares a character with ``run[start:end]``."""
    at = run.find(word, max(0, start - len(word) + 1))
    return 0 <= at < end


def search(text: str) -> list[SearchHit]:
    """Published lessons that match, best first, five at most: 2 queries."""
    wanted = understand(text)
    if not wanted:
        return []
    every = sorted(
        {w for want in wanted for own, others in want.parts for words in (own, *others) for w in words}
    )
    ranked = []
    for entry in _candidates(every):
        counts = Counter(entry.tokens.split())
        title, _, module = entry.title_tokens.partition(MODULE_MARK)
        lesson = Text(counts, frozenset(title.split()), frozenset(module.split()))
        if sum(want.found_in(lesson) for want in wanted) > ENOUGH * len(wanted):
            score = sum(want.weight(lesson) for want in wanted)
            ranked.append((score, sum(counts[word] for word in every), entry.lesson_id))
    ranked.sort(key=lambda row: (-row[0], -row[1], row[2]))
    near = [lesson for score, _often, lesson in ranked if score >= ranked[0][0] * NEAR]
    return _hits(list(dict.fromkeys(near))[:HITS])


def _candidates(words: list[str]) -> list[SearchEntry]:
    """Entries with any of the words, by the database's full-text index."""
    if connection.vendor == "postgresql":
        match = " | ".join(f"'{word}'" for word in words)
        sql = (
            "SELECT * FROM courses_searchentry WHERE to_tsvector('simple', tokens) @@ to_tsquery('simple', %s) "
            "ORDER BY ts_rank(to_tsvector('simple', tokens), to_tsquery('simple', %s)) DESC, id LIMIT %s"
        )
        return list(SearchEntry.objects.raw(sql, [match, match, CANDIDATES]))
    match = " OR ".join(f'"{word}"' for word in words)
    sql = (
        "SELECT e.* FROM courses_search_fts f JOIN courses_searchentry e ON e.id = f.rowid "
        "WHERE courses_search_fts MATCH %s ORDER BY bm25(courses_search_fts), e.id LIMIT %s"
    )
    return list(SearchEntry.objects.raw(sql, [match, CANDIDATES]))


def _hits(ids: list[int]) -> list[SearchHit]:
    rows = LessonEdition.objects.filter(
        lesson_id__in=ids, edition__published_of__isnull=False
    ).select_related("lesson", "edition__module")
    by_id = {row.lesson_id: row for row in rows}
    return [
        SearchHit(
            "lesson",
            row.lesson.slug,
            row.title,
            row.objective,
            row.minutes,
            row.edition.module.get_level_display(),
        )
        for row in (by_id[pk] for pk in ids if pk in by_id)
    ]


def note_search(*, text: str, hits: int) -> SearchQuery:
    """Keep what was asked for, without who asked: zero hits are demand."""
    return SearchQuery.objects.create(text=clean(text)[:MAX_WORDS], language=current(), hits=hits)
