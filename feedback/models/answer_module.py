"""The answer module of a theme: trainers merge the good answers into one page, version by version."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from mooc.lib.models import TextInCode, TimeStamped
from mooc.lib.privacy.evidence import Evidence
from mooc.lib.text.localized import Localized

from ..answers.checks import are_checks
from .question import Question
from .theme import Theme

CHECKS_HELP = _(
    "As in lessons: “?? question”, then lines “- wrong”, “+ right”, “= why”; an empty line between two."
)


class AnswerModule(TimeStamped):
    """The page ``/answers/<slug>/``: what is worked on now, and which version readers see."""

    theme = models.OneToOneField(Theme, models.PROTECT, related_name="answer_module", verbose_name=_("theme"))
    intro_zh = models.TextField(_("in a sentence (Chinese)"), max_length=300, blank=True)
    intro_en = models.TextField(_("in a sentence (English)"), max_length=400, blank=True)
    checks_zh = TextInCode(
        _("check yourself (Chinese)"),
        max_length=3000,
        blank=True,
        validators=[are_checks],
        help_text=CHECKS_HELP,
    )
    checks_en = TextInCode(
        _("check yourself (English)"),
        max_length=5000,
        blank=True,
        validators=[are_checks],
        help_text=CHECKS_HELP,
    )
    published = models.ForeignKey(
        "feedback.AnswerVersion", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["theme__order"]
        verbose_name = _("answer module")
        verbose_name_plural = _("answer modules")

    def __str__(self) -> str:
        return str(self.theme)

    def get_absolute_url(self) -> str:
        return reverse("feedback:answer_module", args=[self.theme.slug])


class AnswerEntry(TimeStamped):
    """One question with its merged answer. ``sources`` are the learners' questions it came from."""

    module = models.ForeignKey(AnswerModule, models.CASCADE, related_name="entries")
    question_zh = models.CharField(_("question (Chinese)"), max_length=200, blank=True)
    question_en = models.CharField(_("question (English)"), max_length=300, blank=True)
    answer_zh = models.TextField(_("answer (Chinese)"), max_length=2000, blank=True)
    answer_en = models.TextField(_("answer (English)"), max_length=3000, blank=True)
    sources = models.ManyToManyField(
        Question, blank=True, related_name="entries", verbose_name=_("from the questions")
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("merged answer")
        verbose_name_plural = _("merged answers")

    def __str__(self) -> str:
        return self.question_zh or self.question_en


class AnswerVersion(Evidence):
    """What was published at one moment; never changed. ``entries`` is a document, most-asked first:
    ``[{"question_zh", "question_en", "answer_zh", "answer_en", "asked", "lessons": [slug], "passages": {slug:
    block}}]``; ``checks`` are the items of the check-yourself as they were written."""

    written_by = ("publish_answers", "erase_person")

    module = models.ForeignKey(AnswerModule, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    intro_zh = models.TextField(blank=True)
    intro_en = models.TextField(blank=True)
    entries = models.JSONField(default=list)
    checks_zh = TextInCode(blank=True)
    checks_en = models.TextField(blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(_("published"))

    intro = Localized("intro")
    checks = Localized("checks")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["module", "number"], name="answerversion_once")]
        verbose_name = _("version of an answer module")
        verbose_name_plural = _("versions of answer modules")

    def __str__(self) -> str:
        return f"{self.module_id} {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise TypeError("a published version is never changed")
        super().save(*args, **kwargs)
