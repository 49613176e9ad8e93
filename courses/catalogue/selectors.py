"""Modules as lists, the table and tracks show them, each read with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum
from django.http import Http404

from ..blocks import SAVED
from ..data import Level
from ..models import Block, Category, LessonEdition, Module, Track
from ..selectors import TEXT_BYTES, candidates, known_lessons, known_modules
from . import recommend


@dataclass(frozen=True, slots=True)
class ModuleCard:
    """A published module as lists show it. ``bytes`` is the size of its pictures and text."""

    module: Module
    title: str
    task: str
    lessons: int
    minutes: int
    bytes: int
    first_lesson: str
    parts: tuple[LessonEdition, ...]
    track_codes: frozenset[str]

    @property
    def slot_arg(self) -> str:
        """Names the place on the card where a learner's progress may stand."""
        return f"{self.module.pk}:{self.lessons}"

    @property
    def level(self) -> Level:
        """The level, with its words."""
        return Level(self.module.level)

    @property
    def first_minutes(self) -> int:
        """How long the first lesson takes."""
        return self.parts[0].minutes

    @property
    def first_bytes(self) -> int:
        """About what the first lesson costs to load."""
        return self.bytes // max(self.lessons, 1)


def module_cards() -> list[ModuleCard]:
    """All published modules in order of level and code: 5 queries."""
    modules = (
        Module.objects.published()
        .select_related("published", "category")
        .prefetch_related("tracks", "published__lessons__lesson")
        .order_by("level", "code")
    )
    media = dict(
        Block.objects.filter(lesson__edition__published_of__isnull=False, media__isnull=False)
        .exclude(kind__in=SAVED)
        .order_by()
        .values_list("lesson__edition_id")
        .annotate(total=Sum("media__bytes"))
    )
    return [_card(module, media.get(module.published_id, 0)) for module in modules]


def _card(module: Module, media_bytes: int) -> ModuleCard:
    edition = module.published
    if edition is None:
        raise ValueError(f"{module.code} is not published")
    lessons = sorted(edition.lessons.all(), key=lambda lesson: lesson.position)
    return ModuleCard(
        module=module,
        title=edition.title,
        task=edition.task,
        lessons=len(lessons),
        minutes=sum(lesson.minutes for lesson in lessons),
        bytes=media_bytes + TEXT_BYTES * len(lessons),
        first_lesson=lessons[0].lesson.slug,
        parts=tuple(lessons),
        track_codes=frozenset(track.code for track in module.tracks.all()),
    )


@dataclass(frozen=True, slots=True)
class ModulePage:
    """All of a module page."""

    module: Module
    lessons: Sequence[LessonEdition]
    minutes: int
    bytes: int
    tracks: list[Track]
    next_modules: list[Module]


def module_page(slug: str) -> ModulePage:
    """A published module with its lessons: 7 queries, 8 while it is new to this process. 404 when there is none."""
    module = (
        Module.objects.published()
        .select_related("published", "category", "course")
        .prefetch_related("prerequisites__published", "skills", "tracks")
        .filter(slug=slug)
        .first()
    )
    if module is None or module.published is None:
        raise Http404
    lessons = known_lessons(module.published_id)
    return ModulePage(
        module=module,
        lessons=lessons,
        minutes=sum(lesson.minutes for lesson in lessons),
        bytes=sum(lesson.size for lesson in lessons),
        tracks=list(module.tracks.all()),
        next_modules=recommend.following(module, candidates()),
    )


def next_modules(after: int, finished: frozenset[int]) -> list[Module]:
    """What to go on with after a module, with reasons, without those finished.

    No query while the content stands, else 3.
    """
    pool = known_modules()
    module = next((row for row in pool if row.pk == after), None)
    found = recommend.following(module, pool, finished=finished) if module else []
    return found or recommend.from_the_start(pool, finished=finished | {after})


@dataclass(frozen=True, slots=True)
class Cell:
    """Lessons of one subject at one level."""

    level: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One subject in the table of levels."""

    category: Category
    cells: list[Cell]

    @property
    def total(self) -> int:
        """Lessons over all levels; 0 for a subject nobody has written about yet."""
        return sum(cell.count for cell in self.cells)


def matrix(cards: list[ModuleCard]) -> list[MatrixRow]:
    """The table "from easy to hard": lessons by subject and level, 1 query."""
    counts: dict[tuple[int, str], int] = {}
    for card in cards:
        key = (card.module.category_id, card.module.level)
        counts[key] = counts.get(key, 0) + card.lessons
    return [
        MatrixRow(
            category,
            [
                Cell(level.value, str(level.label), counts.get((category.pk, level.value), 0))
                for level in Level
            ],
        )
        for category in Category.objects.all()
    ]


def tracks() -> list[Track]:
    """Tracks with something in them, each with ``count`` published modules: 2 queries."""
    rows = list(Track.objects.prefetch_related("steps__module__published"))
    for track in rows:
        modules = [step.module for step in track.steps.all() if step.module.published_id]
        track.count = len(modules)
    return [track for track in rows if track.count]


@dataclass(frozen=True, slots=True)
class TrackCards:
    """A track with its modules in order."""

    track: Track
    cards: list[ModuleCard]

    @property
    def steps(self) -> list[tuple[ModuleCard, str]]:
        """The cards, each with the name of the place where a learner's tick may stand."""
        return [(card, f"{card.module.pk}:{number}") for number, card in enumerate(self.cards, start=1)]

    @property
    def minutes(self) -> int:
        """Minutes of all its lessons."""
        return sum(card.minutes for card in self.cards)


def tracks_with_cards() -> list[TrackCards]:
    """Every track with the cards of its modules: 7 queries."""
    by_id = {card.module.pk: card for card in module_cards()}
    rows = [
        TrackCards(track, [by_id[step.module_id] for step in track.steps.all() if step.module_id in by_id])
        for track in Track.objects.prefetch_related("steps")
    ]
    return [row for row in rows if row.cards]
