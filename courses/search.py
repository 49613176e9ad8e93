"""Search that finds in everyday words, the same on SQLite and PostgreSQL.

The database gives candidates by token; what counts as found is decided here, on few rows: at least
half of what was asked must be in the lesson. So "how do I dance" finds nothing although every
lesson has a "how", and what nobody teaches yet is noticed as demand.
"""

from __future__ import annotations

import csv
import functools
import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from mooc.lib.localized import current
from mooc.lib.text import clean, fold, tokens

from .data import SearchHit
from .models import LessonEdition, SearchEntry, SearchQuery

MAX_WORDS = 80  # characters of a search
CANDIDATES = 60
HITS = 12
_STOP = re.compile(
    r"怎么样|怎么办|怎么|怎样|如何|什么|为啥|为什么|咋办|咋样|咋|可以|能不能|要不要|我想|想要|请问|是不是|有没有|[吗呢吧啊呀么的了我你在要把]"
    r"|\b(?:how|to|do|does|i|my|the|a|an|is|are|what|why|can|of|for|in|on|and|it|you|me|with|be|when|should)\b"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing asked for: its own tokens, and other ways to say it."""

    own: frozenset[str]
    others: tuple[frozenset[str], ...]

    def in_(self, words: set[str]) -> float:
        """How well a text has it: 1 all of it, else the share of it, or 0.8 by another name."""
        share = len(self.own & words) / len(self.own)
        named = any(other <= words for other in self.others)
        return max(share if share >= 0.5 else 0.0, 0.8 if named else 0.0)


@functools.cache
def synonyms() -> dict[str, tuple[str, ...]]:
    """What people say → what lessons say."""
    path = Path(settings.BASE_DIR) / "courses" / "content" / "synonyms.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["said"]: tuple(row["means"].split()) for row in rows}


def understand(text: str) -> list[Wanted]:
    """The things asked for, without the words that carry no subject."""
    found = []
    for run in re.split(r"[\s\W]+", _STOP.sub(" ", fold(text))):
        own = frozenset(tokens(run))
        if not own:
            continue
        meant = [other for said, others in synonyms().items() if said in run for other in others]
        found.append(Wanted(own, tuple(frozenset(tokens(other)) for other in meant)))
    return found[:8]


def search(text: str) -> list[SearchHit]:
    """Published lessons that match, best first, twelve at most: 2 queries."""
    wanted = understand(text)
    if not wanted:
        return []
    every = sorted({token for want in wanted for group in (want.own, *want.others) for token in group})
    ranked = []
    for entry in _candidates(every):
        words, title = set(entry.tokens.split()), set(entry.title_tokens.split())
        marks = [want.in_(words) for want in wanted]
        if sum(mark > 0 for mark in marks) * 2 >= len(wanted):
            ranked.append(
                (
                    sum(marks) + sum(want.in_(title) for want in wanted),
                    entry.lesson_id,
                    entry.language,
                )
            )
    ranked.sort(key=lambda row: (-row[0], row[1]))
    return _hits(list(dict.fromkeys(row[1] for row in ranked))[:HITS])


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
