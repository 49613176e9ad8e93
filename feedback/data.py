"""Choices and facts of feedback."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

ANSWER_WITHIN = dt.timedelta(hours=24)
CLAIM_LASTS = dt.timedelta(minutes=30)
OTHER = "other"


class ReportKind(models.TextChoices):
    WRONG = "wrong", _("Something is wrong")
    OLD = "old", _("Out of date")
    UNCLEAR = "unclear", _("I don't understand it")
    WISH = "wish", _("I want to learn …")
    COMPLAINT = "complaint", _("Complaint or suggestion")


class ThemeSource(models.TextChoices):
    """Who says which theme a question is of."""

    NONE = "", _("not classed yet")
    UNSURE = "unsure", _("waits for a person")
    ENGINE = "engine", _("by the engine")
    PERSON = "person", _("by a person")


class NoticeKind(models.TextChoices):
    ANSWERED = "answered", _("Your question has an answer")
    REPLIED = "replied", _("A neighbour answered you")
    SOLVED = "solved", _("Your answer helped")
    HIDDEN = "hidden", _("Your post is hidden")


class PostReason(models.TextChoices):
    """Why a reader reports, or a trainer hides, what somebody wrote."""

    WRONG = "wrong", _("It is wrong or risky")
    RUDE = "rude", _("It is rude")
    ADVERT = "advert", _("It is an advert or a trick")
    PRIVATE = "private", _("It shows private things")


class Face(models.IntegerChoices):
    """How a module was, in three faces."""

    BAD = 1, _("Not good")
    SO_SO = 2, _("So-so")
    GOOD = 3, _("Good")


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    """A question is in the database."""

    question_id: int
