"""Choices of feedback."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportKind(models.TextChoices):
    WRONG = "wrong", _("Something is wrong")
    OLD = "old", _("Out of date")
    UNCLEAR = "unclear", _("I don't understand it")
    WISH = "wish", _("I want to learn …")
    COMPLAINT = "complaint", _("Complaint or suggestion")
