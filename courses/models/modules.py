"""Modules and lessons: identities that last. Their text hangs on editions."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from mooc.accounts.rights import Right
from mooc.lib import registry
from mooc.lib.models import TimeStamped
from mooc.lib.pages import links

from ..data import Level
from .catalogue import Category, Course, Skill


class ModuleQuerySet(models.QuerySet["Module"]):
    """Composable filters of modules."""

    def published(self) -> ModuleQuerySet:
        """Modules that learners can see."""
        return self.filter(published__isnull=False)

    def visible_to(self, user: Any) -> ModuleQuerySet:
        """Modules a person may edit: operators all, trainers those of their own courses."""
        if user.everywhere(Right.WRITE_COURSES):
            return self
        return self.filter(course__trainers=user) if user.has_own(Right.WRITE_COURSES) else self.none()

    def answered_by(self, user: Any) -> ModuleQuerySet:
        """Modules whose readers a trainer answers: the own ones, and those of a course that no trainer has.
        "A teacher answers" stands below every lesson."""
        if user.everywhere(Right.ANSWER_QUESTIONS) or not user.may(Right.ANSWER_QUESTIONS):
            return self.visible_to(user)
        own = Course.trainers.through.objects.filter(user=user).values("course")
        led = Course.trainers.through.objects.values("course")
        return self.filter(Q(course__in=own) | ~Q(course__in=led))


class Module(TimeStamped):
    """A task-sized piece of learning with exactly one category and one level.

    ``draft`` is the edition trainers write on; ``published`` the one learners read. Publishing
    copies the draft to a new edition and turns the pointer in one transaction.
    """

    code = models.CharField(max_length=8, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    course = models.ForeignKey(Course, models.PROTECT, related_name="modules", verbose_name=_("course"))
    category = models.ForeignKey(Category, models.PROTECT, related_name="modules", verbose_name=_("category"))
    level = models.CharField(_("level"), max_length=2, choices=Level.choices)
    skills = models.ManyToManyField(Skill, blank=True, related_name="modules", verbose_name=_("skills"))
    prerequisites = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="unlocks",
        verbose_name=_("prerequisites"),
    )
    icon = models.CharField(_("icon"), max_length=16, default="book")
    source_hash = models.CharField(max_length=64, blank=True, editable=False)  # of the files last loaded
    loaded_hash = models.CharField(max_length=64, blank=True, editable=False)  # of the draft they made
    quiz_required = models.BooleanField(_("the quiz must be passed"), default=True)
    draft = models.OneToOneField(
        "courses.ModuleEdition", models.SET_NULL, null=True, editable=False, related_name="draft_of"
    )
    published = models.OneToOneField(
        "courses.ModuleEdition",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="published_of",
    )

    reason: str = ""  # why it is recommended, in one sentence; set by courses.catalogue.recommend
    objects = ModuleQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["level", "code"]
        indexes = [models.Index(fields=["category", "level"])]
        constraints = [
            models.CheckConstraint(condition=Q(level__in=Level.values), name="module_level_known"),
            models.CheckConstraint(
                condition=Q(published=None) | ~Q(published=models.F("draft")),
                name="module_draft_is_not_published",
            ),
        ]
        verbose_name = _("module")
        verbose_name_plural = _("modules")

    def __str__(self) -> str:
        return f"{self.code} {self.draft.title if self.draft else self.slug}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new module has from the start what every module has: its quiz, for one."""
        is_new = self._state.adding
        with transaction.atomic():
            super().save(*args, **kwargs)
            if is_new:
                for _name, make in registry.module_belonging:
                    make(self)

    def clean(self) -> None:
        if self.course_id and self.category_id and self.course.category_id != self.category_id:
            raise ValidationError({"category": _("The course of this module belongs to another category.")})

    def get_absolute_url(self) -> str:
        return reverse("courses:module", args=[self.slug])


class LessonQuerySet(models.QuerySet["Lesson"]):
    """Composable filters of lessons."""

    def published(self) -> LessonQuerySet:
        """Lessons that stand in their module's published edition."""
        return self.filter(editions__edition__published_of__isnull=False)

    def visible_to(self, user: Any) -> LessonQuerySet:
        """Lessons a person may edit."""
        return self.filter(module__in=Module.objects.visible_to(user))


class Lesson(TimeStamped):
    """Three to eight minutes of learning. The slug never changes once learners have seen it."""

    goes_with = ("module",)

    module = models.ForeignKey(Module, models.CASCADE, related_name="lessons", verbose_name=_("module"))
    slug = models.SlugField(max_length=80, unique=True)

    objects = LessonQuerySet.as_manager()

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return links.address("lesson", self.slug)

    @property
    def title(self) -> str:
        """The published title, else the draft's: one query."""
        rows = self.editions.filter(edition__in=[self.module.published_id or 0, self.module.draft_id or 0])
        found = rows.order_by("-edition__number").first()
        return found.title if found else self.slug
