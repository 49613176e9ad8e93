"""Choices and records of assessments that cross borders."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class AssignmentMedia(models.TextChoices):
    """What there is to show afterwards."""

    PHOTO = "photo", _("photos")
    SHEET = "sheet", _("a sheet of paper")
    FILM = "film", _("a short film")
    TEXT = "text", _("a text")
    VOICE = "voice", _("your voice")
