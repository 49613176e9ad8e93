"""The tiered catalogue: filters that combine, counts that are right, no dead ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from ..data import Family, Level
from ..models import Category, LessonEdition, Track
from . import selectors
from .selectors import ModuleCard

FAMILY_ICONS = {
    "basic": "phone",
    "law": "law",
    "professional": "shop",
    "internet": "tech",
    "market": "leaf",
}
RESULTS = "#r"  # a choice lands where its answer begins, not on the filters again
FIRST_TASKS = ("C11", "C12", "C06", "C03", "C09")  # one of each trade, for the front page


@dataclass(frozen=True, slots=True)
class Filters:
    """What the catalogue is narrowed to. Unknown values are dropped, so no address is a dead end."""

    level: str = ""
    category: str = ""
    family: str = ""
    audience: str = ""
    minutes: str = ""

    def match(self, card: ModuleCard) -> bool:
        """Whether a module stands in the list."""
        module = card.module
        return (
            self.level in ("", module.level)
            and self.category in ("", module.category.code)
            and self.family in ("", module.category.family)
            and (not self.audience or self.audience in card.track_codes)
            and (not self.minutes or any(lesson.minutes <= int(self.minutes) for lesson in card.parts))
        )

    def count(self, cards: list[ModuleCard]) -> int:
        """How many rows the list has: short lessons when time is short, else modules."""
        matching = [card for card in cards if self.match(card)]
        return len(_short_lessons(matching, int(self.minutes))) if self.minutes else len(matching)

    def but(self, **changes: str) -> Filters:
        """The same with some values changed."""
        values = {name: getattr(self, name) for name in self.__slots__} | changes
        return Filters(**values)

    def query(self) -> str:
        """As the query part of an address."""
        pairs = [(name, getattr(self, name)) for name in self.__slots__ if getattr(self, name)]
        return f"?{urlencode(pairs)}{RESULTS}" if pairs else reverse("courses:catalogue") + RESULTS


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter: where it leads, and how many rows the list has there."""

    value: str
    label: str
    href: str
    count: int
    current: bool
    icon: str = ""


def read_filters(params: dict[str, str], tracks: list[Track]) -> Filters:
    """The filters of an address; values nobody knows are dropped."""
    known = {
        "level": set(Level.values),
        "category": {row.code for row in Category.objects.all()},
        "family": set(Family.values),
        "audience": {track.code for track in tracks},
        "minutes": {"5", "10", "30"},
    }
    return Filters(
        **{name: params.get(name, "") for name, values in known.items() if params.get(name) in values}
    )


def catalogue_context(params: dict[str, str]) -> dict[str, Any]:
    """Everything the catalogue page shows: 8 queries."""
    cards, tracks = selectors.module_cards(), selectors.tracks()
    filters = read_filters(params, tracks)
    matching = [card for card in cards if filters.match(card)]

    def choices(name: str, values: list[tuple[str, str, str]]) -> list[Choice]:
        return [_choice(filters, cards, name, *value) for value in values]

    levels = [("", _("All"), "book")] + [(v.value, v.short, "") for v in Level]
    times = [("", _("Any"), ""), ("5", _("5 min"), "")]
    subjects = [(row.category.code, row.category.title, row.category.icon) for row in selectors.matrix(cards)]
    return {
        "cards": matching,
        "short": _short_lessons(matching, int(filters.minutes)) if filters.minutes else [],
        "lessons": sum(card.lessons for card in matching),
        "filters": filters,
        "levels": choices("level", levels),
        "times": choices("minutes", times),
        "subjects": [c for c in choices("category", [("", _("All"), "book"), *subjects]) if c.count],
        "named": _names(filters, tracks),
    }


def _choice(
    filters: Filters, cards: list[ModuleCard], name: str, value: str, label: str, icon: str
) -> Choice:
    there = filters.but(**{name: value})
    count = there.count(cards)
    return Choice(
        value=value,
        label=label,
        href=there.query(),
        count=count,
        current=getattr(filters, name) == value,
        icon=icon,
    )


def _short_lessons(cards: list[ModuleCard], minutes: int) -> list[tuple[ModuleCard, LessonEdition]]:
    """Lessons that fit in the time somebody has, each with its module."""
    return [(card, lesson) for card in cards for lesson in card.parts if lesson.minutes <= minutes]


def _names(filters: Filters, tracks: list[Track]) -> list[tuple[str, str]]:
    """Filters that have no buttons of their own, in words, with the address without them."""
    found = []
    if filters.family:
        found.append((str(Family(filters.family).label), filters.but(family="").query()))
    if filters.audience:
        title = next(track.title for track in tracks if track.code == filters.audience)
        found.append((title, filters.but(audience="").query()))
    return found


def home_context() -> dict[str, Any]:
    """Everything the front page shows: 8 queries."""
    cards = selectors.module_cards()
    by_code = {card.module.code: card for card in cards}
    tasks = [by_code[code] for code in FIRST_TASKS if code in by_code] or cards[:5]
    return {
        "cards": cards,
        "first_lesson": tasks[0].first_lesson if tasks else "",
        "tasks": tasks,
        "families": _families(cards),
        "levels": [{"code": level.value, "short": level.short} for level in Level],
        "matrix": selectors.matrix(cards),
        "tracks": selectors.tracks(),
    }


def _families(cards: list[ModuleCard]) -> list[dict[str, Any]]:
    texts = {
        Family.BASIC: _("Phone, goods, scams"),
        Family.LAW: _("Licence, returns, adverts"),
        Family.PROFESSIONAL: _("Shop, photos, live, packing"),
        Family.INTERNET: _("Labels, sheets, numbers"),
        Family.MARKET: _("Quality, brand, money"),
    }
    present = {card.module.category.family for card in cards}
    return [
        {
            "code": family.value,
            "label": family.label,
            "text": texts[family],
            "icon": FAMILY_ICONS[family.value],
        }
        for family in Family
        if family.value in present
    ]
