"""The item bank: quizzes, items and their options."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from courses.models import Lesson, Module, Skill
from mooc.lib.models import CharInCode, TimeStamped
from mooc.lib.text.localized import Localized

from .. import kinds

CODE_STAYS = _("The code of a question never changes: tries remember by it what they asked.")
ASKED_STAYS = _("This question was asked already. Take it out of use instead of deleting it.")


class Quiz(TimeStamped):
    """The quiz of a module: how many items, and how many must be right."""

    goes_with = ("module",)

    module = models.OneToOneField(Module, models.CASCADE, related_name="quiz")
    length = models.PositiveSmallIntegerField(
        _("items in one try"), default=6, validators=[MinValueValidator(3), MaxValueValidator(20)]
    )
    pass_percent = models.PositiveSmallIntegerField(
        _("pass mark, %"), default=80, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(pass_percent__range=(1, 100)), name="quiz_pass_percent_1_to_100"
            ),
        ]
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")

    def __str__(self) -> str:
        return f"{self.module}"

    def get_absolute_url(self) -> str:
        return reverse("assessments:quiz", args=[self.pk])

    def live_codes(self) -> models.QuerySet[Item, str]:
        """Codes of the items learners are asked."""
        return self.module.items.filter(live=True).values_list("code", flat=True)


class ItemQuerySet(models.QuerySet["Item"]):
    """Filters of items. What was drawn or answered stays, and a code is for good."""

    def update(self, **columns: Any) -> int:
        """Everything but the code, by which tries remember what they drew."""
        if "code" in columns:
            raise ValidationError({"code": CODE_STAYS})
        return super().update(**columns)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Only what nobody was ever asked."""
        for item in self:
            item.refuse_if_asked()
        return super().delete()

    def live(self) -> ItemQuerySet:
        """Items that learners are asked."""
        return self.filter(live=True)

    def visible_to(self, user: Any) -> ItemQuerySet:
        """Items a person may edit."""
        return self.filter(module__in=Module.objects.visible_to(user))


class Item(TimeStamped):
    """A question of the bank, with its explanation, in both languages."""

    goes_with = ("module", "lesson")

    code = models.CharField(_("code"), max_length=20, unique=True)
    module = models.ForeignKey(Module, models.CASCADE, related_name="items", verbose_name=_("module"))
    lesson = models.ForeignKey(
        Lesson,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="items",
        verbose_name=_("taught in lesson"),
    )
    skill = models.ForeignKey(
        Skill, models.SET_NULL, null=True, blank=True, related_name="items", verbose_name=_("skill")
    )
    kind = CharInCode(_("kind"), max_length=20, choices=kinds.choices)
    stem_zh = models.CharField(_("question, Chinese"), max_length=200)
    stem_en = models.CharField(_("question, English"), max_length=300)
    why_zh = models.CharField(_("explanation, Chinese"), max_length=300)
    why_en = models.CharField(_("explanation, English"), max_length=400)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    live = models.BooleanField(_("in use"), default=True)
    edition = models.PositiveIntegerField(default=0, editable=False)  # the newest of its editions
    loaded_hash = models.CharField(max_length=64, blank=True, editable=False)  # as the content files made it

    stem = Localized("stem")
    why = Localized("why")
    objects = ItemQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["module_id", "position", "code"]
        verbose_name = _("quiz item")
        verbose_name_plural = _("quiz items")

    def __str__(self) -> str:
        return f"{self.code} {self.stem}"

    def clean(self) -> None:
        """A code is for good."""
        if not self._state.adding and self._saved_code() != self.code:
            raise ValidationError({"code": CODE_STAYS})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """With the code it had from the start."""
        Item.clean(self)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Only what nobody was ever asked."""
        self.refuse_if_asked()
        return super().delete(*args, **kwargs)

    def _saved_code(self) -> str:
        saved = Item.objects.filter(pk=self.pk).values_list("code", flat=True).first()
        return self.code if saved is None else saved

    def tries_that_drew_it(self) -> int:
        """How many tries ask it, or have asked it: they know it by its code. Reads all that may."""
        tries = apps.get_model("assessments", "Attempt").objects.filter(item_codes__contains=self.code)
        return sum(self.code in codes.split() for codes in tries.values_list("item_codes", flat=True))

    def refuse_if_asked(self) -> None:
        """Stop what would take it away.

        :raises ProtectedError: when somebody was asked it.
        """
        if self.responses.exists() or self.tries_that_drew_it():
            raise models.ProtectedError(str(ASKED_STAYS), {self})


class Option(models.Model):
    """One answer to choose."""

    goes_with = ("item",)

    item = models.ForeignKey(Item, models.CASCADE, related_name="options")
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    text_zh = models.CharField(_("answer, Chinese"), max_length=160)
    text_en = models.CharField(_("answer, English"), max_length=240)
    right = models.BooleanField(_("right"), default=False)

    text = Localized("text")
    history = HistoricalRecords()

    class Meta:
        ordering = ["item_id", "position", "pk"]
        verbose_name = _("answer")
        verbose_name_plural = _("answers")

    def __str__(self) -> str:
        return self.text
