"""Which answered questions are like the one somebody types: an index in the web process's memory.

The index is built from the stored vectors and kept until answered questions change. It may be a few
seconds old, so what it finds is asked from the database once more before anybody sees it.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field

import numpy as np
from django.conf import settings
from django.db import connection
from django.db.models import Count, Max, QuerySet

from ..models import Question
from .classifier import encoder
from .classifier.similar import Index
from .classifier.wording import tidy

logger = logging.getLogger(__name__)
MOST_INDEXED = 20_000  # the newest; 10 MB of vectors
MOST_SIMILAR = 5
LEAST_SCORE = 0.5  # below, what is found is about something else; see docs/model-card.md
SAME = 0.8  # cosine: likely the same question
PAUSE = 10.0  # seconds between two builds


def vector_of(text: str) -> tuple[bytes, str]:
    """The meaning of a text as it is stored (512 × ``float16``), and the encoder that made it."""
    return encoder.encode([tidy(text)])[0].astype(np.float16).tobytes(), encoder.encoder_id()


@dataclass(slots=True)
class _Memory:
    """The index of this process and what it was made of."""

    ids: list[int] = field(default_factory=list)
    index: Index | None = None
    made_of: tuple[object, ...] = ()
    looked: float = 0.0
    building: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


_memory = _Memory()


def find_similar(text: str, most: int = MOST_SIMILAR) -> list[Question]:
    """Up to ``most`` answered questions that others may see, most similar first: 2–3 queries."""
    index, ids = _current()
    if index is None or not ids:
        return []
    found = [(ids[row], score) for row, score in index.search(text, 2 * most) if score >= LEAST_SCORE]
    rows = Question.objects.to_offer().filter(pk__in=[pk for pk, _score in found])
    known = rows.annotate(helped=Count("deflections")).in_bulk()
    offered: list[Question] = [known[pk] for pk, _score in found if pk in known]
    return offered[:most]


def warm() -> None:
    """Load encoder and index while somebody types, so that they need not wait."""
    if not settings.TESTING and not _memory.building and _memory.index is None:
        threading.Thread(target=_build_quietly, daemon=True).start()


def forget() -> None:
    """Build anew at the next question."""
    _memory.index, _memory.ids, _memory.made_of, _memory.looked = None, [], (), 0.0


def _current() -> tuple[Index | None, list[int]]:
    """The index: the first time one waits for it, later a stale one serves until the new one stands."""
    now = time.monotonic()
    if _memory.index is None or settings.TESTING:
        if _memory.index is None or _memory.made_of != _state():
            _build()
    elif now - _memory.looked > PAUSE:
        _memory.looked = now
        if _memory.made_of != _state() and not _memory.building:
            threading.Thread(target=_build_quietly, daemon=True).start()
    return _memory.index, _memory.ids


def _state() -> tuple[object, ...]:
    """Changes when an answered question does: 1 query."""
    state = Question.objects.to_offer().aggregate(n=Count("pk"), last=Max("updated_at"), top=Max("pk"))
    return (state["n"], state["last"], state["top"], encoder.encoder_id())


def _build() -> None:
    with _memory.lock:
        state, name = _state(), encoder.encoder_id()
        if _memory.index is not None and _memory.made_of == state:
            return  # built by whoever was a moment earlier
        ids, texts, vectors = [], [], []
        rows = Question.objects.to_offer().filter(encoder=name, vector__isnull=False)
        for pk, text, vector in rows.order_by("-pk").values_list("pk", "text", "vector")[:MOST_INDEXED]:
            ids.append(pk)
            texts.append(text)
            vectors.append(np.frombuffer(bytes(vector or b""), np.float16))
        stack = np.stack(vectors) if vectors else np.zeros((0, encoder.WIDTH), np.float16)
        _memory.ids, _memory.index = ids, Index.of(texts, stack)
        _memory.made_of, _memory.looked = state, time.monotonic()


def _build_quietly() -> None:
    """In a thread of its own, with a database connection of its own."""
    _memory.building = True
    try:
        encoder.encode(["你好"])
        _build()
    except Exception:
        logger.exception("index of answered questions not built")
    finally:
        _memory.building = False
        connection.close()


def like_waiting(question: Question, rows: QuerySet[Question], most: int = MOST_SIMILAR) -> list[Question]:
    """Waiting questions of ``rows`` that mean the same as one, for merging: the newest 500 are looked at."""
    if len(question.vector or b"") != 2 * encoder.WIDTH:
        return []
    known = list(
        rows.filter(encoder=question.encoder, vector__isnull=False)
        .exclude(pk=question.pk)
        .order_by("-pk")[:500]
    )
    if not known:
        return []
    stack = np.stack([np.frombuffer(bytes(row.vector or b""), np.float16) for row in known]).astype(
        np.float32
    )
    score = stack @ np.frombuffer(bytes(question.vector or b""), np.float16).astype(np.float32)
    return [known[int(place)] for place in np.argsort(-score)[:most] if score[place] >= SAME]
