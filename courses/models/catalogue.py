"""Subjects, skills, courses and tracks."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from mooc.accounts.rights import Right
from mooc.lib.text.localized import Localized

from ..data import Family, Level


class Category(models.Model):
    """A subject, one of the axes of the catalogue."""

    code = models.SlugField(max_length=20, unique=True)
    family = models.CharField(max_length=14, choices=Family.choices)
    title_zh = models.CharField(max_length=60)
    title_en = models.CharField(max_length=80)
    icon = models.CharField(max_length=16, default="book")
    position = models.PositiveSmallIntegerField(default=0)

    title = Localized("title")

    class Meta:
        ordering = ["position"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.title


class Skill(models.Model):
    """Something a learner can do; linked to published frameworks by name."""

    code = models.CharField(max_length=8, unique=True)
    category = models.ForeignKey(Category, models.PROTECT, related_name="skills")
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120)
    level = models.CharField(max_length=2, choices=Level.choices)
    links = models.CharField(max_length=200, blank=True)

    title = Localized("title")

    class Meta:
        ordering = ["code"]
        verbose_name = _("skill")
        verbose_name_plural = _("skills")

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class CourseQuerySet(models.QuerySet["Course"]):
    """Filters by who may work on a course."""

    def visible_to(self, user: Any) -> CourseQuerySet:
        """Courses a person may edit: operators all, trainers their own."""
        if user.everywhere(Right.WRITE_COURSES):
            return self
        return self.filter(trainers=user) if user.has_own(Right.WRITE_COURSES) else self.none()


class Course(models.Model):
    """Modules of one category: what trainers own and a certificate names. The first of a category is loaded
    with it; trainers make their own."""

    slug = models.SlugField(max_length=60, unique=True)
    category = models.ForeignKey(Category, models.PROTECT, related_name="courses")
    trainers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="courses")
    title_zh = models.CharField(max_length=60)
    title_en = models.CharField(max_length=80)

    title = Localized("title")
    objects = CourseQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["category__position", "pk"]
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    def __str__(self) -> str:
        return self.title


class Track(models.Model):
    """A learning plate: ordered modules for one audience. Its title names an aim, never a status."""

    code = models.CharField(max_length=2, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    title_zh = models.CharField(max_length=60)
    title_en = models.CharField(max_length=80)
    text_zh = models.CharField(max_length=120)
    text_en = models.CharField(max_length=160)
    icon = models.CharField(max_length=16, default="flag")
    modules: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "courses.Module", through="courses.TrackStep", related_name="tracks"
    )

    count: int = 0  # published modules, as a selector counted them
    title = Localized("title")
    text = Localized("text")

    class Meta:
        ordering = ["code"]
        verbose_name = _("track")
        verbose_name_plural = _("tracks")

    def __str__(self) -> str:
        return self.title


class TrackStep(models.Model):
    """A module's place in a track."""

    goes_with = ("track",)

    track = models.ForeignKey(Track, models.CASCADE, related_name="steps")
    module = models.ForeignKey("courses.Module", models.CASCADE, related_name="track_steps")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["track_id", "position"]
        constraints = [models.UniqueConstraint(fields=["track", "module"], name="trackstep_once")]

    def __str__(self) -> str:
        return f"{self.track_id} {self.position}"
