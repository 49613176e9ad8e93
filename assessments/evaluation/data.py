"""What evaluation speaks of: scopes, figures, snapshots, states of a job. Frozen, without the database."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ScopeKind(models.TextChoices):
    """What a snapshot is about."""

    REGION = "region", _("Place")
    COHORT = "cohort", _("Class")
    COURSE = "course", _("Course")
    MODULE = "module", _("Module")


class Unit(models.TextChoices):
    """What a figure counts. Shares and scores are 0–1, a difference is of two of these."""

    PEOPLE = "people", _("people")
    ATTENDANCES = "attendances", _("attendances")
    PLACES = "places", _("places in modules")
    QUESTIONS = "questions", _("questions")
    SHARE = "share", _("share")
    SCORE = "score", _("mean score")
    MINUTES = "minutes", _("minutes")
    HOURS = "hours", _("hours")
    DIFFERENCE = "difference", _("difference of scores")


class Light(models.TextChoices):
    """How a figure stands to its target. Always shown with its word."""

    NONE = "", _("no target")
    MET = "met", _("on target")
    MET_UNSURE = "met_unsure", _("on target, not yet sure")
    NEAR = "near", _("close")
    UNSURE = "unsure", _("below, but few people")
    MISSED = "missed", _("below target")
    FEW = "few", _("too few to judge")


class JobKind(models.TextChoices):
    """Work a person may wait for."""

    EVALUATE = "evaluate", _("evaluation")
    REPORT = "report", _("report")
    CLOSE = "close", _("closing of a month")
    RECOUNT = "recount", _("recount of a closed month")


class Cause(models.TextChoices):
    """Why a sum is another than at the closing before."""

    OPENING = "opening", _("before the first closing")
    MONTH = "month", _("in the month")
    LATE = "late", _("known late")
    MOVED = "moved", _("moved")
    MERGED = "merged", _("two that are one")
    CORRECTED = "corrected", _("taken back or judged again")
    MODEL = "model", _("counted by another model")
    ERASED = "erased", _("erased, without a name")


class SignAct(models.TextChoices):
    """What is done about a monthly paper."""

    COMPLETE = "complete", pgettext_lazy("of a paper", "complete")
    SIGNED = "signed", pgettext_lazy("of a paper", "signed")
    TAKEN_BACK = "taken_back", pgettext_lazy("of a paper", "taken back")


class HelpAction(models.TextChoices):
    """What was done for somebody who needs help."""

    CALLED = "called", _("called")
    VISITED = "visited", _("visited")
    MESSAGED = "messaged", _("messaged")


class HelpOutcome(models.TextChoices):
    """What came of a call or a visit. A message has none, nor what was written down before this was asked."""

    REACHED = "reached", _("spoke with them")
    PROMISED = "promised", _("they mean to go on")
    NO_ANSWER = "no_answer", _("no answer")
    WRONG_NUMBER = "wrong", _("wrong number")
    STOPPED = "stopped", _("they stop for good")


SPOKEN = (HelpOutcome.REACHED, HelpOutcome.PROMISED, HelpOutcome.STOPPED)  # there was somebody to speak to
AGAIN_IN = (1, 3, 7, 30)  # days until the next call, to choose from


class Percent(float):
    """A share 0–1 in a cell of a list: read as per cent, in a workbook still a number."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A region (and all below), class, course or module.

    :param key: the region's code, the class's code to join, or the slug.
    :param region: for a course or module, the code of the region it is narrowed to; empty for all people.
    """

    kind: str
    key: str
    region: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}" + (f"@{self.region}" if self.region else "")


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator's value. The same object feeds screen, export, PDF, command and API.

    :param code: of the indicator, with ``:<part>`` for one row of a breakdown (``questions:open_shop``).
    :param value: ``None`` when there is nothing to divide by, or when it is hidden.
    :param numerator: ``None`` for medians and means. :param denominator: n for medians and means.
    :param low: and ``high``: the 95 % interval of a share (Wilson) or a difference (bootstrap by person);
        ``None`` elsewhere.
    :param hidden: so few people that it could point at one of them: value, numerator, denominator,
        low and high are ``None`` then.
    """

    code: str
    unit: str
    value: float | None
    numerator: int | None = None
    denominator: int | None = None
    low: float | None = None
    high: float | None = None
    hidden: bool = False

    def as_json(self) -> dict[str, Any]:
        """The public form, as ``evaluate --json`` and the API give it."""
        return {
            "code": self.code,
            "unit": str(self.unit),
            "value": self.value,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "low": self.low,
            "high": self.high,
            "hidden": self.hidden,
        }


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All figures of a scope at a moment, in the order of the evaluation model. Facts count that
    happened before ``as_of``."""

    scope: Scope
    as_of: dt.datetime
    model: str
    figures: tuple[Figure, ...]

    def figure(self, code: str) -> Figure | None:
        """The figure of that code, if the snapshot has it."""
        return next((figure for figure in self.figures if figure.code == code), None)

    def parts(self, code: str) -> tuple[Figure, ...]:
        """The rows of a breakdown."""
        return tuple(figure for figure in self.figures if figure.code.startswith(f"{code}:"))

    def as_json(self) -> dict[str, Any]:
        """The public form."""
        return {
            "scope": str(self.scope),
            "as_of": timezone.localtime(self.as_of).isoformat(),
            "model": self.model,
            "indicators": [figure.as_json() for figure in self.figures],
        }
