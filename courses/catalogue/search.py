"""Search that finds in everyday words, the same on SQLite and PostgreSQL.

The database gives candidates by token; what counts as found is decided here, on few rows: more than
half of what was asked must be what the lesson is about. So "how do I dance" finds nothing although
every lesson has a "how", and what nobody teaches yet is noticed as demand. Higher rooms add what they
have (answers) by ``registry.search_source``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from types import MappingProxyType
from typing import Any

from django.db import connection
from django.utils import timezone

from mooc.lib import registry
from mooc.lib.pages import links
from mooc.lib.text.cleaning import clean, tokens
from mooc.lib.text.localized import LANGS, current

from .. import selectors
from ..data import HitKind, SearchHit
from ..models import Lesson, LessonEdition, Module, SearchEntry, SearchQuery
from ..standing import while_content_stands
from . import spelling
from .search_index import MODULE_MARK
from .wording import Text, Wanted, answers, score, understand, words_of

MAX_WORDS = 80  # characters of a search
CANDIDATES = 60
HITS = 5  # lessons
MODULES = 2
NEAR = 0.6  # of the best score: what is much worse than the best is not shown


def find(text: str) -> list[SearchHit]:
    """All that is there on what was asked: lessons, modules, then what other rooms have: 1 query and theirs."""
    wanted = understand(text)
    hits = _everywhere(wanted)
    if not hits and (characters := spelling.sounded_out(text)):
        hits = _everywhere(understand(characters))
    return hits


def grouped(hits: Sequence[SearchHit]) -> dict[str, list[SearchHit]]:
    """``lessons``, ``modules`` and ``answers``: the parts of the page."""
    return {
        "lessons": [hit for hit in hits if hit.kind == HitKind.LESSON],
        "modules": [hit for hit in hits if hit.kind == HitKind.MODULE],
        "answers": [hit for hit in hits if hit.kind in (HitKind.THEME, HitKind.ANSWER)],
    }


def search(text: str) -> list[SearchHit]:
    """Published lessons that match, best first."""
    return [hit for hit in find(text) if hit.kind == HitKind.LESSON]


def _everywhere(wanted: Sequence[Wanted]) -> list[SearchHit]:
    if not wanted:
        return []
    others = chain.from_iterable(look(wanted) for _name, look in registry.search_source)
    return [*_lessons(wanted), *_modules(wanted), *others]


def _lessons(wanted: Sequence[Wanted]) -> list[SearchHit]:
    words = words_of(wanted)
    texts = [(_text(entry), entry, entry.module_id) for entry in _candidates(words)]
    known: set[str] = set().union(*(text.counts for text, _entry, _module in texts))
    wanted = [want.among(known) for want in wanted]
    found = [row for row in texts if answers(wanted, row[0])]
    ranked = [
        (score(wanted, text), sum(text.counts[word] for word in words), entry.lesson_id, module)
        for text, entry, module in found
    ]
    ranked.sort(key=lambda row: (-row[0], -row[1], row[2]))
    near = {row[2]: row[3] for row in ranked if row[0] >= ranked[0][0] * NEAR}
    hits = [_lesson(lesson, selectors.known_module(module)) for lesson, module in list(near.items())[:HITS]]
    return [hit for hit in hits if hit]


def _text(entry: SearchEntry) -> Text:
    title, _, module = entry.title_tokens.partition(MODULE_MARK)
    return Text(Counter(entry.tokens.split()), frozenset(title.split()), frozenset(module.split()))


def _candidates(words: list[str]) -> list[Any]:
    """Entries with any of the words, by the database's full-text index, each with its ``module_id``."""
    if connection.vendor == "postgresql":
        match = " | ".join(f"'{word}'" for word in words)
        sql = (
            "SELECT e.*, l.module_id FROM courses_searchentry e JOIN courses_lesson l ON l.id = e.lesson_id "
            "WHERE to_tsvector('simple', e.tokens) @@ to_tsquery('simple', %s) "
            "ORDER BY ts_rank(to_tsvector('simple', e.tokens), to_tsquery('simple', %s)) DESC, e.id LIMIT %s"
        )
        return list(SearchEntry.objects.raw(sql, [match, match, CANDIDATES]))
    match = " OR ".join(f'"{word}"' for word in words)
    sql = (
        "SELECT e.*, l.module_id FROM courses_search_fts f JOIN courses_searchentry e ON e.id = f.rowid "
        "JOIN courses_lesson l ON l.id = e.lesson_id "
        "WHERE courses_search_fts MATCH %s ORDER BY bm25(courses_search_fts), e.id LIMIT %s"
    )
    return list(SearchEntry.objects.raw(sql, [match, CANDIDATES]))


def _lesson(pk: int, module: Module | None) -> SearchHit | None:
    if module is None:
        return None
    row = next((row for row in selectors.known_lessons(module.published_id) if row.lesson_id == pk), None)
    return _lesson_hit(row, module) if row else None


def _lesson_hit(row: LessonEdition, module: Module) -> SearchHit:
    slug, level = row.lesson.slug, module.get_level_display()
    return SearchHit(
        kind=HitKind.LESSON,
        slug=slug,
        title=row.title,
        snippet=row.objective,
        href=links.address("lesson", slug),
        minutes=row.minutes,
        level=level,
    )


def _modules(wanted: Sequence[Wanted]) -> list[SearchHit]:
    """Modules whose own title, task or subject is what was asked for."""
    texts, known = _spoken()
    wanted = [want.among(known) for want in wanted]
    ranked = sorted(
        (
            (-score(wanted, text), module.level, module.code, module)
            for text, module in texts
            if answers(wanted, text)
        ),
        key=lambda row: row[:3],
    )
    near = dict.fromkeys(row[3] for row in ranked if row[0] <= ranked[0][0] * NEAR)
    return [_module_hit(row) for row in list(near)[:MODULES]]


def _module_hit(row: Module) -> SearchHit:
    edition = row.published
    title, task = (edition.title, edition.task) if edition else ("", "")
    level = row.get_level_display()
    return SearchHit(
        kind=HitKind.MODULE,
        slug=row.slug,
        title=title,
        snippet=task,
        href=row.get_absolute_url(),
        level=level,
    )


@while_content_stands
def _spoken() -> tuple[tuple[tuple[Text, Module], ...], frozenset[str]]:
    """What modules say of themselves, in each language, and all their words."""
    texts = []
    for module in selectors.known_modules():
        for lang in LANGS:
            own = " ".join(str(getattr(module.published, f"{name}_{lang}")) for name in ("title", "task"))
            words = tokens(own)
            subject = tokens(str(getattr(module.category, f"title_{lang}")))
            counts = MappingProxyType(Counter([*words, *subject]))
            texts.append((Text(counts, frozenset(words), frozenset(subject)), module))
    return tuple(texts), frozenset().union(*(text.counts for text, _module in texts))


def note_search(*, text: str, hits: int) -> SearchQuery:
    """Keep what was asked for, without who asked: zero hits are demand."""
    return SearchQuery.objects.create(text=clean(text)[:MAX_WORDS], language=current(), hits=hits)


def note_search_opened(*, query_id: int, lesson_slug: str) -> None:
    """A hit of a search was opened. The first lesson counts; an hour later it is another visit."""
    query = SearchQuery.objects.filter(pk=query_id, opened=None).first()
    lesson = Lesson.objects.filter(slug=lesson_slug).first()
    if query is None or lesson is None:
        return
    seconds = round((timezone.now() - query.asked_at).total_seconds())
    if seconds <= 3600:
        SearchQuery.objects.filter(pk=query_id, opened=None).update(opened=lesson, seconds_to_lesson=seconds)
