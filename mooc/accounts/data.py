"""Choices and facts of accounts that cross borders."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Roles that are granted. Guest is nobody, learner is everybody, operator is a superuser."""

    HELPER = "helper", _("Village helper")
    TRAINER = "trainer", _("Trainer")
    SUPERVISOR = "supervisor", _("Supervisor")


class RegionLevel(models.IntegerChoices):
    """Steps of the region tree, from the top."""

    PROVINCE = 1, _("Province")
    CITY = 2, _("City")
    COUNTY = 3, _("County")
    TOWNSHIP = 4, _("Township")
    VILLAGE = 5, _("Village")


class Elder(models.TextChoices):
    """Sizes of text."""

    OFF = "", _("Normal text")
    ON = "1", _("Large text")
    XL = "xl", _("Largest text")


@dataclass(frozen=True, slots=True)
class PlacesChanged:
    """A place was moved, got another code, or took another in."""

    region_id: int
