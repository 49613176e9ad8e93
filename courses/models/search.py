"""The search index, and what people looked for."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .modules import Lesson


class SearchEntry(models.Model):
    """The tokens of one published lesson in one language (see ``mooc.lib.text.cleaning.tokens``).

    The full-text index over ``tokens`` is made by a migration: FTS5 on SQLite, GIN on PostgreSQL.
    """

    goes_with = ("lesson",)

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="search_entries")
    language = models.CharField(max_length=2)
    title_tokens = models.TextField()
    tokens = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lesson", "language"], name="searchentry_once")]

    def __str__(self) -> str:
        return f"{self.lesson_id} {self.language}"


class SearchQuery(models.Model):
    """What somebody searched for. No person is kept: only the words, the hits and the time."""

    text = models.CharField(_("words"), max_length=80)
    language = models.CharField(max_length=8)
    hits = models.PositiveIntegerField(_("hits"))
    asked_at = models.DateTimeField(auto_now_add=True)
    opened = models.ForeignKey(Lesson, models.SET_NULL, null=True, blank=True)
    seconds_to_lesson = models.PositiveIntegerField(_("seconds to the first lesson"), null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["hits", "asked_at"])]
        verbose_name = _("search")
        verbose_name_plural = _("searches")

    def __str__(self) -> str:
        return self.text
