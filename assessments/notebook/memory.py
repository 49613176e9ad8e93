"""When a wrong answer comes back: spaced review by FSRS (Ye et al. 2022). Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from fsrs import Card, Rating, Scheduler, State

FIRST_PAUSE = dt.timedelta(days=2)
LEARNT_AFTER = 21.0  # days of stability: three weeks without a look
_scheduler = Scheduler(desired_retention=0.9, learning_steps=(), relearning_steps=(), enable_fuzzing=False)


@dataclass(frozen=True, slots=True)
class Memory:
    """The state of one card. ``stability`` in days until recall falls to 90 %; ``difficulty`` 1–10."""

    stability: float | None
    difficulty: float | None
    due_at: dt.datetime
    last_at: dt.datetime | None

    @property
    def learnt(self) -> bool:
        """Whether the card can leave the notebook."""
        return self.stability is not None and self.stability >= LEARNT_AFTER


def first_memory(now: dt.datetime) -> Memory:
    """The state right after the first wrong answer: again in two days."""
    card, _log = _scheduler.review_card(Card(due=_utc(now)), Rating.Again, _utc(now))
    return Memory(card.stability, card.difficulty, now + FIRST_PAUSE, now)


def after_review(memory: Memory, *, right: bool, now: dt.datetime) -> Memory:
    """The state after one more answer. FSRS-6 with retention 0.9, without fuzz."""
    card = Card(
        state=State.Review,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=_utc(memory.due_at),
        last_review=_utc(memory.last_at or memory.due_at),
    )
    card, _log = _scheduler.review_card(card, Rating.Good if right else Rating.Again, _utc(now))
    due = max(card.due, _utc(now) + dt.timedelta(days=1)) if right else _utc(now) + FIRST_PAUSE
    return Memory(card.stability, card.difficulty, due, now)


def _utc(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC)
