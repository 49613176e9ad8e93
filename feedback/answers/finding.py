"""What answers and themes have on what somebody searched for: a source of ``courses.catalogue.search``.

An index of tokens in the memory of the web process, kept until answers change. It may be some seconds old:
what it finds among questions is asked from the database once more, so nobody sees what is held or hidden.
"""

from __future__ import annotations

import logging
import threading
import time
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Max
from django.urls import reverse
from django.utils.text import Truncator

from courses.catalogue.wording import Text, Wanted, answers, plain, score, words_of
from courses.data import HitKind, SearchHit
from mooc.lib.text.cleaning import tokens
from mooc.lib.text.localized import LANGS, current

from ..engine.classifier.corpus import OTHER
from ..masking import mask
from ..models import AnswerModule, Question, Theme

logger = logging.getLogger(__name__)
MOST_QUESTIONS = 5_000  # the newest; older ones that are asked often stand on their theme's page
CANDIDATES = 30
MOST_ANSWERS = 4
THEMES = 1
NEAR = 0.6
PAUSE = 10.0  # seconds between two looks whether answers have changed
SNIPPET = 60  # characters
Texts = tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """Something on a theme's page, in the languages it is written in."""

    href: str
    titles: dict[str, str]
    snippets: dict[str, str]

    def texts(self) -> Texts:
        """What it says, to be compared with what was asked."""
        return tuple(_text(self.titles[lang], self.snippets[lang]) for lang in LANGS)

    def hit(self, kind: HitKind) -> SearchHit:
        """As a reader of this language sees it, else in the other language."""
        lang = current()
        other = next(name for name in LANGS if name != lang)
        title, snippet = (rows[lang].strip() or rows[other] for rows in (self.titles, self.snippets))
        return SearchHit(
            kind=kind, slug=self.href, title=title, snippet=Truncator(snippet).chars(SNIPPET), href=self.href
        )


@dataclass(slots=True)
class Index:
    """What this process knows: themes, published answers, and in which documents a token stands.

    A document is a published answer (its place in ``entries``), or a question (behind them, in ``questions``).
    """

    themes: list[tuple[Texts, Document]] = field(default_factory=list)
    entries: list[Document] = field(default_factory=list)
    questions: array[int] = field(default_factory=lambda: array("q"))
    postings: dict[str, array[int]] = field(default_factory=lambda: defaultdict(lambda: array("I")))

    def add(self, document: int, words: Iterable[str]) -> None:
        """Note where each of the words stands."""
        for word in set(words):
            self.postings[word].append(document)

    def candidates(self, words: Sequence[str]) -> list[int]:
        """Documents with any of the words, those with the rarest first."""
        found: defaultdict[int, float] = defaultdict(float)
        for word in words:
            places = self.postings.get(word, ())
            for document in places:
                found[document] += 1 / len(places)
        return nlargest(CANDIDATES, found, key=lambda document: found[document])


@dataclass(slots=True)
class _Memory:
    index: Index | None = None
    made_of: tuple[object, ...] = ()
    looked: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


_memory = _Memory()


def find(wanted: Sequence[Wanted]) -> list[SearchHit]:
    """The theme, then answers that have what was asked, best first: 1 query where questions come near."""
    index = _current()
    entries, questions = [], []
    for document in index.candidates(words_of(wanted)):
        if document < len(index.entries):
            entries.append(index.entries[document])
        else:
            questions.append(index.questions[document - len(index.entries)])
    found = [(entry.texts(), entry.hit(HitKind.ANSWER)) for entry in entries] + _asked(questions)
    themes = [(texts, theme.hit(HitKind.THEME)) for texts, theme in index.themes]
    return [*_best(wanted, themes, THEMES), *_best(wanted, found, MOST_ANSWERS)]


def forget() -> None:
    """Build anew at the next search."""
    _memory.index, _memory.made_of, _memory.looked = None, (), 0.0


def _best(wanted: Sequence[Wanted], documents: list[tuple[Texts, SearchHit]], most: int) -> list[SearchHit]:
    known: set[str] = set().union(*(text.counts for texts, _hit in documents for text in texts))
    wanted = [want.among(known) for want in wanted]
    ranked = []
    for place, (texts, hit) in enumerate(documents):
        scores = [score(wanted, text) for text in texts if answers(wanted, text)]
        if scores:
            ranked.append((-max(scores), place, hit))
    ranked.sort(key=lambda row: row[:2])
    near = [row for row in ranked if row[0] <= ranked[0][0] * NEAR]
    return list({hit.title: hit for _score, _place, hit in reversed(near)}.values())[::-1][:most]


def _asked(ids: list[int]) -> list[tuple[Texts, SearchHit]]:
    """Questions as everybody may read them."""
    rows = Question.objects.to_offer().in_bulk(ids)
    found: list[tuple[Texts, SearchHit]] = []
    for row in (rows[pk] for pk in ids if pk in rows):
        text, href = mask(row.text), row.get_absolute_url()
        hit = SearchHit(
            kind=HitKind.ANSWER,
            slug=href,
            title=Truncator(text).chars(SNIPPET),
            snippet=Truncator(row.answer).chars(SNIPPET),
            href=href,
        )
        found.append(((_text(text, row.answer),), hit))
    return found


def _text(title: str, body: str) -> Text:
    own = tokens(plain(title))
    return Text(Counter([*own, *tokens(plain(body))]), frozenset(own))


def _current() -> Index:
    """The index: the first search waits for it, later a stale one serves until the new one stands."""
    index, now = _memory.index, time.monotonic()
    if index is None:
        return _build()
    if not settings.TESTING and now - _memory.looked > PAUSE:
        _memory.looked = now
        threading.Thread(target=_renew, daemon=True).start()
    return index


def _state() -> tuple[object, ...]:
    """Changes when an answer does: 2 queries."""
    asked = Question.objects.to_offer().aggregate(n=Count("pk"), last=Max("updated_at"), top=Max("pk"))
    versions = AnswerModule.objects.aggregate(n=Count("published"), last=Max("published"))
    return (*asked.values(), *versions.values())


def _renew() -> None:
    """In a thread of its own, with a database connection of its own."""
    try:
        if _memory.made_of != _state():
            _build(anew=True)
    except Exception:
        logger.exception("index of answers not renewed")
    finally:
        connection.close()


def _build(*, anew: bool = False) -> Index:
    with _memory.lock:
        if _memory.index is not None and not anew:
            return _memory.index  # built by whoever was a moment earlier
        state, index = _state(), Index()
        asked = Question.objects.to_offer().order_by("-pk")
        rows = list(asked.values_list("pk", "text", "answer", "theme_id")[:MOST_QUESTIONS])
        _add_themes(index, {theme for *_row, theme in rows})
        for pk, text, answer, _theme in rows:
            index.add(len(index.entries) + len(index.questions), tokens(plain(f"{text} {answer}")))
            index.questions.append(pk)
        _memory.index, _memory.made_of, _memory.looked = index, state, time.monotonic()
        return index


def _add_themes(index: Index, asked: set[int | None]) -> None:
    """Themes that have something to read, and what trainers published on them."""
    published = {
        row.theme_id: row.published
        for row in AnswerModule.objects.select_related("published")
        if row.published
    }
    for theme in Theme.objects.exclude(code=OTHER).filter(pk__in=[*asked - {None}, *published]):
        page = reverse("feedback:answer_module", args=[theme.slug])
        document = Document(page, _both(theme, "name"), _both(theme, "about"))
        index.themes.append((document.texts(), document))
        for number, entry in enumerate(published[theme.pk].entries if theme.pk in published else [], start=1):
            document = Document(
                f"{page}#a{number}",
                *(
                    {lang: str(entry.get(f"{name}_{lang}", "")) for lang in LANGS}
                    for name in ("question", "answer")
                ),
            )
            if not any(document.titles.values()):
                continue
            index.add(len(index.entries), [word for text in document.texts() for word in text.counts])
            index.entries.append(document)


def _both(row: Any, name: str) -> dict[str, str]:
    return {lang: str(getattr(row, f"{name}_{lang}")) for lang in LANGS}
