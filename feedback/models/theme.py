"""Themes of questions, what the engine learns from, and its versions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mooc.lib.models import TimeStamped
from mooc.lib.text.localized import Localized


class Theme(models.Model):
    """A theme of questions. ``code`` is what the engine says, and what files hold."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("name (Chinese)"), max_length=40)
    name_en = models.CharField(_("name (English)"), max_length=60)
    about_zh = models.CharField(_("about (Chinese)"), max_length=300, blank=True)
    about_en = models.CharField(_("about (English)"), max_length=300, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    name = Localized("name")
    about = Localized("about")

    class Meta:
        ordering = ["order", "code"]
        verbose_name = _("theme")
        verbose_name_plural = _("themes")

    def __str__(self) -> str:
        return self.name

    @property
    def slug(self) -> str:
        """The last part of its answer module's address."""
        return self.code.replace("_", "-")


class TrainingExample(TimeStamped):
    """A question whose theme a person has said: the engine learns from it."""

    question = models.OneToOneField(
        "feedback.Question", models.CASCADE, related_name="example", verbose_name=_("question")
    )
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="examples", verbose_name=_("theme"))
    guessed = models.CharField(max_length=40, blank=True, help_text=_("what the engine had thought"))
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    doubted_as = models.ForeignKey(
        Theme,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("the engine thinks of"),
        help_text=_("a model trained without it says another theme"),
    )
    doubt = models.FloatField(_("how sure"), null=True, help_text=_("calibrated chance of that theme, 0–1"))
    looked_again = models.BooleanField(default=False, help_text=_("a person has settled the doubt"))

    class Meta:
        verbose_name = _("example from a correction")
        verbose_name_plural = _("examples from corrections")

    def __str__(self) -> str:
        return f"{self.theme_id} {self.question_id}"


class ClassifierVersion(TimeStamped):
    """One trained model: what it was made of, how good it is, whether it is in use.

    Figures are out of fold (see ``docs/model-card.md``), 0–1.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("in use")
        KEPT = "kept", _("kept")
        REFUSED = "refused", _("refused: worse than the one in use")

    file = models.CharField(max_length=120, unique=True)
    sha256 = models.CharField(max_length=64)
    encoder = models.CharField(max_length=60)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.KEPT)
    examples = models.PositiveIntegerField(_("examples"))
    corrections = models.PositiveIntegerField(_("of them corrections"))
    macro_f1 = models.FloatField(_("macro-F1"))
    coverage = models.FloatField(_("labelled alone"))
    precision = models.FloatField(_("of these right"))
    threshold = models.FloatField()
    reason = models.CharField(_("why it was made"), max_length=60)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    used_since = models.DateTimeField(_("in use since"), null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="active"), name="one_active_classifier"
            ),
        ]
        verbose_name = _("version of the question engine")
        verbose_name_plural = _("versions of the question engine")

    def __str__(self) -> str:
        return f"{self.pk} {self.created_at:%Y-%m-%d %H:%M}"
