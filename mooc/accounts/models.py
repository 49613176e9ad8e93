"""People who can sign in, regions, roles, and text messages waiting to be sent."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mooc.lib.localized import Localized
from mooc.lib.models import TimeStamped

from .data import Elder, RegionLevel, Role

MOBILE = RegexValidator(r"^1[3-9]\d{9}$", _("A mobile number has 11 digits and starts with 1."))


class RegionQuerySet(models.QuerySet["Region"]):
    """Filters over the tree."""

    def within(self, region: Region) -> RegionQuerySet:
        """The region and all below it."""
        return self.filter(path__startswith=region.path)

    def visible_to(self, user: Any) -> RegionQuerySet:
        """What a person may see: operators all, role holders their regions and below."""
        if user.is_superuser:
            return self
        wanted = Q(pk__in=[])
        for path in user.region_paths():
            wanted |= Q(path__startswith=path)
        return self.filter(wanted)


class Region(models.Model):
    """A place in the tree province → village.

    ``path`` is the materialised path of codes with a closing slash (``36/3603/360321/``), so that
    "this and all below" is one prefix. ``code`` is the national statistics code where there is one.
    """

    code = models.CharField(max_length=12, unique=True, validators=[RegexValidator(r"^\d{2,12}$")])
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    level = models.PositiveSmallIntegerField(choices=RegionLevel.choices)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    path = models.CharField(max_length=80, unique=True, editable=False)

    name = Localized("name")
    objects = RegionQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                condition=Q(level=RegionLevel.PROVINCE, parent=None)
                | (Q(level__gt=RegionLevel.PROVINCE) & Q(parent__isnull=False)),
                name="region_only_provinces_have_no_parent",
            ),
        ]
        verbose_name = _("region")
        verbose_name_plural = _("regions")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.parent and self.level != self.parent.level + 1:
            raise ValidationError({"level": _("A region stands one step below its parent.")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.path = f"{self.parent.path if self.parent else ''}{self.code}/"
        super().save(*args, **kwargs)


class User(AbstractUser):
    """Somebody who can sign in: by phone code, or by name or phone and password."""

    first_name = None  # type: ignore[assignment]  # one display name, as people here use it
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(
        _("mobile number"), max_length=11, null=True, blank=True, unique=True, validators=[MOBILE],
        error_messages={"unique": _("This number belongs to another account.")},
    )  # fmt: skip
    phone_verified = models.BooleanField(_("number checked"), default=False)
    display_name = models.CharField(_("name"), max_length=40, blank=True)
    language = models.CharField(
        _("language"), max_length=8, blank=True, choices=[("zh-hans", "中文"), ("en", "English")]
    )
    elder_mode = models.CharField(_("text size"), max_length=2, blank=True, choices=Elder.choices)
    consented_at = models.DateTimeField(_("agreed to the privacy notice"), null=True, blank=True)
    guardian_consent = models.BooleanField(_("a guardian agrees (under 14)"), default=False)

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        """The name people use."""
        return str(self)

    get_short_name = get_full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.phone = self.phone or None  # "" would collide with the next person without a phone
        super().save(*args, **kwargs)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions end with a new password, and with a new number: the old phone may be lost."""
        salt = "mooc.accounts.session"
        text = f"{self.password}|{self.phone or ''}"
        return salted_hmac(salt, text, secret=secret, algorithm="sha256").hexdigest()

    def grants(self) -> list[RoleGrant]:
        """This person's role grants, read once a request."""
        if not hasattr(self, "_grants"):
            self._grants = list(self.role_grants.select_related("region"))
        return self._grants

    def has_role(self, *roles: str) -> bool:
        """Whether any of ``roles`` is granted; an operator has them all."""
        return self.is_superuser or any(grant.role in roles for grant in self.grants())

    def region_paths(self, *roles: str) -> list[str]:
        """Path prefixes this person's roles reach (all granted roles when none is named)."""
        return [
            grant.region.path
            for grant in self.grants()
            if grant.region and (not roles or grant.role in roles)
        ]


class RoleGrant(TimeStamped):
    """A role for a person, with the region (and all below) it reaches."""

    goes_with = ("user",)

    user = models.ForeignKey(User, models.CASCADE, related_name="role_grants")
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, verbose_name=_("region"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "region"], name="rolegrant_once"),
            models.CheckConstraint(
                condition=~Q(role__in=[Role.SUPERVISOR, Role.HELPER]) | Q(region__isnull=False),
                name="rolegrant_supervisors_and_helpers_have_a_region",
                violation_error_message=_("Say which region this person looks after."),
            ),
        ]
        verbose_name = _("role")
        verbose_name_plural = _("roles")

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.region or ''}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        User.objects.filter(pk=self.user_id, is_staff=False).update(is_staff=True)  # roles mean a desk


class TextMessage(TimeStamped):
    """An SMS that is to be sent. The row is the job: a sweeper sends what a worker lost."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("of a message", "waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    phone = models.CharField(max_length=11, validators=[MOBILE])
    text = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state", "created_at"])]
        verbose_name = _("text message")
        verbose_name_plural = _("text messages")

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class LoginCode(models.Model):
    """A code sent to a number. Five wrong tries end it; only its keyed hash is kept."""

    phone = models.CharField(max_length=11, validators=[MOBILE])
    code_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["phone", "made_at"])]

    def __str__(self) -> str:
        return f"{self.pk}"


class PhoneChange(models.Model):
    """Who gave an account another number, and when. Numbers are kept masked."""

    user = models.ForeignKey(User, models.CASCADE, related_name="phone_changes")
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    before = models.CharField(max_length=11, blank=True)
    after = models.CharField(max_length=11)
    changed_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.changed_at:%Y-%m-%d}"
