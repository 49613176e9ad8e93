"""Editions: the text of a module and its lessons at one moment, with blocks and media."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from mooc.lib.models import CharInCode, TimeStamped
from mooc.lib.text.localized import Localized, current

from .. import blocks
from ..grammar import law
from ..grammar.blocks import SourceError
from .modules import Lesson, Module

DRAFT = 0


class Media(TimeStamped):
    """A file shown in lessons. Named by the hash of its content, so it never changes."""

    sha256 = models.CharField(max_length=64, unique=True)
    file = models.FileField(upload_to="m/", max_length=120)
    mime = models.CharField(max_length=100)
    bytes = models.PositiveIntegerField()
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    seconds = models.PositiveIntegerField(default=0)
    label = models.CharField(_("label"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("media")
        verbose_name_plural = _("media")

    def __str__(self) -> str:
        return self.label or self.sha256[:12]

    def get_absolute_url(self) -> str:
        return reverse("courses:media", args=[self.file.name])

    @property
    def in_sizes(self) -> bool:
        """Whether smaller copies may be there: a photograph has them, a drawing fits every screen."""
        return self.mime == "image/webp"


class MediaSize(models.Model):
    """A smaller copy of a picture for narrow screens."""

    goes_with = ("media",)

    media = models.ForeignKey(Media, models.CASCADE, related_name="sizes")
    file = models.FileField(upload_to="m/", max_length=120)
    width = models.PositiveIntegerField()
    bytes = models.PositiveIntegerField()

    class Meta:
        ordering = ["width"]
        constraints = [models.UniqueConstraint(fields=["media", "width"], name="mediasize_once")]

    def __str__(self) -> str:
        return f"{self.media_id} {self.width}"


class ModuleEdition(TimeStamped):
    """A whole module at one moment. Number 0 is the draft; 1, 2, … are what was published."""

    goes_with = ("module",)

    module = models.ForeignKey(Module, models.CASCADE, related_name="editions")
    number = models.PositiveIntegerField(default=DRAFT, editable=False)
    title_zh = models.CharField(_("title, Chinese"), max_length=60, blank=True)
    title_en = models.CharField(_("title, English"), max_length=90, blank=True)
    task_zh = models.CharField(_("“I want to …”, Chinese"), max_length=60, blank=True)
    task_en = models.CharField(_("“I want to …”, English"), max_length=90, blank=True)
    objective_zh = models.CharField(_("afterwards you can …, Chinese"), max_length=160, blank=True)
    objective_en = models.CharField(_("afterwards you can …, English"), max_length=240, blank=True)
    need_zh = models.CharField(_("market need, Chinese"), max_length=160, blank=True)
    need_en = models.CharField(_("market need, English"), max_length=240, blank=True)
    source_zh = models.CharField(_("source, Chinese"), max_length=400, blank=True)
    source_en = models.CharField(_("source, English"), max_length=600, blank=True)
    licence = models.CharField(_("licence"), max_length=60, blank=True, default="CC BY-SA 4.0")
    checked_on = models.DateField(_("facts last checked on"), null=True, blank=True)
    changes_on = models.DateField(
        _("the law changes on"),
        null=True,
        blank=True,
        help_text=_(
            "From this day a law named here reads otherwise; readers are told until it is checked again."
        ),
    )
    published_at = models.DateTimeField(null=True, editable=False)

    title = Localized("title")
    task = Localized("task")
    objective = Localized("objective")
    need = Localized("need")
    source = Localized("source")
    history = HistoricalRecords()

    class Meta:
        ordering = ["module_id", "-number"]
        constraints = [models.UniqueConstraint(fields=["module", "number"], name="edition_number_once")]
        verbose_name = _("module text")
        verbose_name_plural = _("module texts")

    def __str__(self) -> str:
        return f"{self.title} ({self.number})" if self.number else self.title

    @property
    def law_due(self) -> str:
        """Why its law has to be looked at again, in a word; empty when it names none or is as it should be."""
        if not law.names_law(self.source_zh, self.source_en):
            return ""
        found = law.due(self.checked_on, self.changes_on, timezone.localdate())
        return found.value if found else ""


class LessonEdition(TimeStamped):
    """A lesson's text within one edition of its module."""

    goes_with = ("edition", "lesson")

    edition = models.ForeignKey(ModuleEdition, models.CASCADE, related_name="lessons")
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="editions")
    position = models.PositiveSmallIntegerField(_("order"), default=1)
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=5, validators=[MinValueValidator(3), MaxValueValidator(8)]
    )
    title_zh = models.CharField(_("title, Chinese"), max_length=60, blank=True)
    title_en = models.CharField(_("title, English"), max_length=90, blank=True)
    objective_zh = models.CharField(_("afterwards you can …, Chinese"), max_length=160, blank=True)
    objective_en = models.CharField(_("afterwards you can …, English"), max_length=240, blank=True)
    source_zh = models.CharField(_("source, Chinese"), max_length=400, blank=True)
    source_en = models.CharField(_("source, English"), max_length=600, blank=True)

    size: int = 0  # bytes it costs to load, as a selector worked it out
    title = Localized("title")
    objective = Localized("objective")
    source = Localized("source")
    history = HistoricalRecords()

    class Meta:
        ordering = ["edition_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "lesson"], name="lessonedition_once"),
            models.CheckConstraint(condition=Q(minutes__range=(3, 8)), name="lesson_takes_3_to_8_minutes"),
        ]
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    def __str__(self) -> str:
        return self.title or self.lesson.slug

    @property
    def law_due(self) -> str:
        """As for its module, when this lesson names a law itself."""
        return self.edition.law_due if law.names_law(self.source_zh, self.source_en) else ""

    @property
    def slot_arg(self) -> str:
        """Names the place in a list where a learner's tick may stand."""
        return f"{self.lesson_id}:{self.position}"


class Block(models.Model):
    """One piece of a lesson. ``heading`` and ``body`` mean what docs/content-format.md says."""

    goes_with = ("lesson",)

    lesson = models.ForeignKey(LessonEdition, models.CASCADE, related_name="blocks")
    position = models.PositiveSmallIntegerField(_("order"), default=1)
    kind = CharInCode(_("kind"), max_length=8, choices=blocks.choices)
    heading_zh = models.CharField(_("heading, Chinese"), max_length=160, blank=True)
    heading_en = models.CharField(_("heading, English"), max_length=240, blank=True)
    body_zh = models.TextField(_("text, Chinese"), max_length=4000, blank=True)
    body_en = models.TextField(_("text, English"), max_length=6000, blank=True)
    media = models.ForeignKey(
        Media, models.PROTECT, null=True, blank=True, related_name="blocks", verbose_name=_("file")
    )
    media_en = models.ForeignKey(
        Media,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="english_blocks",
        verbose_name=_("file for readers of English"),
    )

    heading = Localized("heading")
    body = Localized("body")
    history = HistoricalRecords()

    class Meta:
        ordering = ["lesson_id", "position", "pk"]
        verbose_name = _("block")
        verbose_name_plural = _("blocks")

    def __str__(self) -> str:
        return f"{self.position} {self.get_kind_display()}"

    @property
    def file(self) -> Media | None:
        """The file for the reader: English may have one of its own."""
        return self.media_en if self.media_en_id and current() == "en" else self.media

    def clean(self) -> None:
        kind = blocks.KINDS.get(self.kind)
        if kind is None:  # the list of choices says so
            return
        if kind.files and not self.media_id:
            raise ValidationError({"media": _("Choose a file for this block.")})
        for name in ("media", "media_en"):
            file = getattr(self, name)
            if file and kind.files and file.mime not in kind.files.values():
                raise ValidationError({name: _("This file does not go with this kind of block.")})
        for lang in ("zh", "en"):
            heading, body = getattr(self, f"heading_{lang}"), getattr(self, f"body_{lang}")
            if not (heading or body):
                continue  # a draft may still lack a language; publishing refuses it
            try:
                kind.check(heading, body)
            except SourceError as error:
                raise ValidationError({f"body_{lang}": kind.advice % {"line": error.line}}) from error
