"""Choices and facts of courses that cross borders."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """Gradient of difficulty. L1 = DigComp 1–2, L2 = 3–4, L3 = 5–6."""

    L1 = "L1", _("Level 1 basics")
    L2 = "L2", _("Level 2 skills")
    L3 = "L3", _("Level 3 growth")

    @property
    def dots(self) -> int:
        """How many dots show the level."""
        return int(self.value[1])

    @property
    def short(self) -> str:
        """The level in one word."""
        return str(SHORT[self.value])


SHORT = {"L1": _("Basics"), "L2": _("Skills"), "L3": _("Growth")}


class Family(models.TextChoices):
    """The families of subjects of the founding paper, and what the market asks for."""

    BASIC = "basic", _("Basic knowledge")
    LAW = "law", _("Laws and rules")
    PROFESSIONAL = "professional", _("Trade skills")
    INTERNET = "internet", _("Internet tools")
    MARKET = "market", _("What the market asks for")


@dataclass(frozen=True, slots=True)
class ModulePublished:
    """A module's new edition is what learners now see."""

    module_id: int
    edition: int


@dataclass(frozen=True, slots=True)
class ModuleAsksChanged:
    """What a module asks of whoever wants to finish it has changed: the quiz, or the lessons."""

    module_id: int


class HitKind(StrEnum):
    """What search finds, in the order of the page."""

    LESSON = "lesson"
    MODULE = "module"
    THEME = "theme"  # of answers
    ANSWER = "answer"  # to a question


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One thing found; ``href`` is where it stands."""

    kind: HitKind
    slug: str
    title: str
    snippet: str
    href: str
    minutes: int = 0
    level: str = ""
