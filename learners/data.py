"""Choices, facts and records of learning that cross borders. Verbs are xAPI's (IEEE 9274.1.1)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Verb(models.TextChoices):
    INITIALIZED = "initialized", _("opened")
    COMPLETED = "completed", _("finished")
    ANSWERED = "answered", _("answered")
    PASSED = "passed", _("passed")
    FAILED = "failed", _("did not pass yet")
    SUSPENDED = "suspended", _("left")
    RESUMED = "resumed", _("came back")
    ASKED = "asked", _("asked")
    RATED = "rated", _("rated")
    REGISTERED = "registered", _("enrolled")


class ObjectType(models.TextChoices):
    MODULE = "module", _("module")
    LESSON = "lesson", _("lesson")
    ITEM = "item", _("quiz item")
    QUIZ = "quiz", _("quiz")
    QUESTION = "question", _("question")


class StopReason(models.TextChoices):
    """Why somebody stopped learning for a while or for good, as those who look after them read it."""

    TIME = "time", _("no time, or harvest")
    PHONE = "phone", _("phone or network")
    HARD = "hard", _("too hard")
    USELESS = "useless", _("not useful to them")
    AWAY = "away", _("away for work")
    HOME = "home", _("health or family")
    SIGN_IN = "signin", _("could not sign in")
    OTHER = "other", _("something else")


@dataclass(frozen=True, slots=True)
class Activity:
    """The object of a record: a closed type, a stable text id, the edition and both titles."""

    type: ObjectType
    id: str
    title_zh: str
    title_en: str
    edition: int = 0


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """An answer to a quiz item, with what was asked.

    :param edition: of the item. :param shown: its lines by id, in the order they stood on the screen.
    :param response: the answer as text, see the kinds of items. :param score: 0.0–1.0, how much of it is right.
    """

    item_code: str
    stem_zh: str
    stem_en: str
    edition: int
    response: str
    shown: str
    score: float
    right: bool


@dataclass(frozen=True, slots=True)
class Act:
    """One act of learning, as a phone or a server tells it.

    :param id: made by the phone; sending it twice changes nothing.
    :param seconds: honest visible time, already capped when idle; ``None`` when not known.
    :param score: 0.0–1.0.
    :param claimed_at: by the phone's own clock, when ``happened_at`` was corrected from it.
    :param shown: what there was to choose from, by id, in the order shown.
    :param trusted: ``happened_at`` is our own word, however long ago it is.
    """

    id: uuid.UUID
    verb: Verb
    object: Activity
    happened_at: dt.datetime
    module: str = ""
    success: bool | None = None
    completion: bool | None = None
    score: float | None = None
    seconds: int | None = None
    response: str = ""
    attempt: uuid.UUID | None = None
    claimed_at: dt.datetime | None = None
    shown: str = ""
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class TrackingSection:
    """One section of the tracking file: a table with a heading, on page, in JSON, CSV and PDF.

    :param theirs: the heading for somebody who looks after the person; empty: the same.
    """

    code: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    folded: bool = False  # long and seldom read: last, and closed on the page
    theirs: str = ""
