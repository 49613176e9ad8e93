"""People who can sign in, regions, roles, and text messages waiting to be sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from rest_framework.authtoken.models import Token

from mooc.lib.marks import marked
from mooc.lib.models import CharInCode, TimeStamped
from mooc.lib.text import names
from mooc.lib.text.localized import Localized

from .data import Elder, RegionLevel, Role
from .messages.sent import MOBILE, LoginCode, PhoneChange, TextMessage
from .rights import LEARN_TOO, OPERATOR, Reach, Right, roles_with
from .sign_in.name_key import NameKeyField
from .staff import deeds, once  # noqa: F401  # tables of their own

__all__ = [
    "CODE",
    "MOBILE",
    "LoginCode",
    "OldRegionCode",
    "PhoneChange",
    "Region",
    "RoleGrant",
    "TextMessage",
    "User",
    "settle_desk",
]

CODE = RegexValidator(r"^\d{2,12}$")


STANDING = {"code", "parent", "parent_id", "level", "path"}  # where a place stands in the tree


class RegionQuerySet(models.QuerySet["Region"]):
    """Filters over the tree."""

    def within(self, region: Region) -> RegionQuerySet:
        """The region and all below it."""
        return self.filter(path__startswith=region.path)

    def coded(self, code: str) -> RegionQuerySet:
        """The place of a code, also of one it had earlier or that of a place merged into it."""
        return self.filter(Q(code=code) | Q(pk__in=OldRegionCode.objects.filter(code=code).values("region")))

    def visible_to(self, user: Any) -> RegionQuerySet:
        """What a person may see: operators all, role holders their regions and below."""
        if user.everywhere(Right.RUN_SITE):
            return self
        wanted = Q(pk__in=[])
        for path in user.granted_paths():
            wanted |= Q(path__startswith=path)
        return self.filter(wanted)

    def update(self, **values: Any) -> int:
        """Names only: where a place stands is changed by ``mooc.accounts.places.moving``, with all that hangs on it."""
        if STANDING & values.keys():
            raise TypeError("places are moved by mooc.accounts.places.moving")
        return super().update(**values)

    def restand(self, **values: Any) -> int:
        """Change where places stand. For ``mooc.accounts.places.moving`` only."""
        return super().update(**values)


class Region(models.Model):
    """A place in the tree province → village.

    ``path`` is the materialised path of codes with a closing slash (``36/3603/360321/``), so that
    "this and all below" is one prefix. ``code`` is the national statistics code where there is one.
    """

    code = models.CharField(max_length=12, unique=True, validators=[CODE])
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
            raise ValidationError({"parent": _("A region stands one step below its parent.")})
        if not self.parent and self.level != RegionLevel.PROVINCE:
            raise ValidationError({"parent": _("Only a province stands below nothing.")})
        old = OldRegionCode.objects.filter(code=self.code).exclude(region=self.pk).first()
        if old:
            raise ValidationError({"code": _("This is an old code of %(place)s.") % {"place": old.region}})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new place stands below its parent. One that is there keeps its place here, and gets other names.

        :raises TypeError: when code, parent or level were changed: ``mooc.accounts.places.moving`` does that.
        """
        with transaction.atomic():
            if self._state.adding:
                self.path = f"{self._path_of_parent()}{self.code}/"
            else:
                stands = Region.objects.values_list("code", "parent_id", "level").get(pk=self.pk)
                if stands != (self.code, self.parent_id, self.level):
                    raise TypeError("places are moved by mooc.accounts.places.moving")
                names = {"name_zh", "name_en"}
                kwargs["update_fields"] = names & set(kwargs.get("update_fields") or names)
            super().save(*args, **kwargs)

    def _path_of_parent(self) -> str:
        """As it is now, held until this place is stored: the parent may be on its way elsewhere."""
        if not self.parent_id:
            return ""
        rows = Region.objects.select_for_update().filter(pk=self.parent_id)
        return str(rows.values_list("path", flat=True).get())


class OldRegionCode(models.Model):
    """A code a place had before, or that of a place merged into it: imports and links still find it."""

    goes_with = ("region",)

    code = models.CharField(max_length=12, unique=True, validators=[CODE])
    region = models.ForeignKey(Region, models.CASCADE, related_name="old_codes")
    since = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.code


class AccountManager(UserManager["User"]):
    """Finds by the compared form of a name, and stores the compared form of a password."""

    use_in_migrations = False

    def staff(self) -> models.QuerySet[User]:
        """Who works here and is no learner in figures: operators, and whoever has a role that does not learn too."""
        own = RoleGrant.objects.filter(user=OuterRef("pk"))
        desk = Q(is_staff=True) & ~Exists(own.filter(role__in=LEARN_TOO))
        return self.filter(Q(is_superuser=True) | Exists(own.exclude(role__in=LEARN_TOO)) | desk)

    def get_by_natural_key(self, username: str | None) -> User:
        """The account of a name, however it is spelt."""
        return self.get(name_key=names.key(username or ""))

    def create_user(
        self, username: str, email: str | None = None, password: str | None = None, **extra_fields: Any
    ) -> User:
        """See Django's."""
        return super().create_user(username, email, password and names.password(password), **extra_fields)

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra_fields: Any
    ) -> User:
        """See Django's."""
        return super().create_superuser(
            username, email, password and names.password(password), **extra_fields
        )


class User(AbstractUser):
    """Somebody who can sign in: by phone code, or by name or phone and password."""

    username = CharInCode(
        _("sign-in name"),
        max_length=150,
        unique=True,
        validators=[names.validate],
        error_messages={"unique": _("This name is taken. Add a number or your village.")},
    )
    name_key = NameKeyField(max_length=180, unique=True, editable=False, default="")
    first_name = last_name = None  # type: ignore[assignment]  # one display name, as people here use it: Django's types know no such account
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(
        _("mobile number"),
        max_length=11,
        null=True,
        blank=True,
        unique=True,
        validators=[MOBILE],
        error_messages={"unique": _("This number belongs to another account.")},
    )
    phone_verified = models.BooleanField(_("number checked"), default=False)
    display_name = CharInCode(_("name"), max_length=40, blank=True, validators=[names.validate])
    language = models.CharField(
        _("language"), max_length=8, blank=True, choices=[("zh-hans", "中文"), ("en", "English")]
    )
    elder_mode = models.CharField(_("text size"), max_length=2, blank=True, choices=Elder.choices)
    consented_at = models.DateTimeField(_("agreed to the privacy notice"), null=True, blank=True)
    guardian_consent = models.BooleanField(_("a guardian agrees (under 14)"), default=False)
    session_turn = models.PositiveIntegerField(default=0, editable=False)  # one more ends every session
    left_at = models.DateTimeField(
        null=True, editable=False
    )  # only the name is left, beside what was done here

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar = AccountManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(left_at=None)
                | Q(is_active=False, is_staff=False, is_superuser=False, phone=None, email=""),
                name="user_who_left_has_no_door",
                violation_error_message=_("This person has left. Only the name is still here."),
            ),
        ]
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return str(self.display_name or self.username)

    def get_full_name(self) -> str:
        """The name people use."""
        return str(self)

    get_short_name = get_full_name

    def clean(self) -> None:
        self.username, self.display_name = names.plain(self.username or ""), names.plain(self.display_name)
        alike = User.objects.filter(name_key=names.key(self.username)).exclude(pk=self.pk)
        if alike.exists() and " " not in self.name_key:
            raise ValidationError({"username": _("This name is taken. Add a number or your village.")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.phone = self.phone or None  # "" would collide with the next person without a phone
        if "username" in (written := kwargs.get("update_fields") or ()):
            kwargs["update_fields"] = {*written, "name_key"}
        super().save(*args, **kwargs)

    def set_password(self, raw_password: str | None) -> None:
        """Keep the form in which passwords are compared."""
        super().set_password(raw_password and names.password(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        """Whether it is this account's, as typed by any keyboard; older ones were kept letter by letter."""
        compared = names.password(raw_password or "")
        return super().check_password(compared) or (
            compared != raw_password and super().check_password(raw_password)
        )

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions end with a new password, with a new number (the old phone may be lost), and with the last role."""
        salt = "mooc.accounts.session"
        text = f"{self.password}|{self.phone or ''}" + (f"|{self.session_turn}" if self.session_turn else "")
        return salted_hmac(salt, text, secret=secret, algorithm="sha256").hexdigest()

    def grants(self) -> list[RoleGrant]:
        """This person's role grants, read once a request."""
        if not hasattr(self, "_grants"):
            self._grants = list(self.role_grants.select_related("region"))
        return self._grants

    def _with(self, right: Right, *reaches: Reach) -> list[RoleGrant]:
        wanted = roles_with(right, reaches)
        return [grant for grant in self.grants() if grant.role in wanted]

    def may(self, right: Right) -> bool:
        """Whether any of this person's roles has the right, however far it goes."""
        return self.everywhere(right) or bool(self._with(right, *Reach))

    def everywhere(self, right: Right) -> bool:
        """Whether it holds for all places and all rows."""
        unbound = roles_with(right, [Reach.ALL])
        if self.is_superuser and OPERATOR in unbound:
            return True
        return any(role != OPERATOR for role in unbound) and bool(self._with(right, Reach.ALL))

    def has_own(self, right: Right) -> bool:
        """Whether it holds for what is this person's own: courses, classes."""
        return bool(self._with(right, Reach.OWN))

    def region_paths(self, right: Right) -> list[str]:
        """Path prefixes of the places for which it holds."""
        return [grant.region.path for grant in self._with(right, Reach.REGION) if grant.region]

    def granted_paths(self) -> list[str]:
        """Path prefixes of all places this person's roles name, whatever the role."""
        return [grant.region.path for grant in self.grants() if grant.region]

    def in_scope(self, right: Right, path: str) -> bool:
        """Whether it holds for the place with this path."""
        return self.everywhere(right) or any(path.startswith(own) for own in self.region_paths(right))


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    """Roles, many at once."""

    @marked(alters_data=True, queryset_only=True)  # as Django marks its own
    def delete(self) -> tuple[int, dict[str, int]]:
        """With the last role goes the desk."""
        with transaction.atomic():
            touched = set(self.values_list("user_id", flat=True))
            gone = super().delete()
            settle_desk(touched)
        return gone

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[Any]:
        """Roles mean a desk."""
        with transaction.atomic():
            made: list[Any] = super().bulk_create(objs, *args, **kwargs)
            settle_desk({row.user_id for row in made})
        return made


class RoleGrant(TimeStamped):
    """A role for a person, with the region (and all below) it reaches."""

    goes_with = ("user",)

    user = models.ForeignKey(User, models.CASCADE, related_name="role_grants")
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, verbose_name=_("region"))

    objects = RoleGrantQuerySet.as_manager()

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
        was = RoleGrant.objects.filter(pk=self.pk).values_list("user_id", flat=True) if self.pk else ()
        touched = {self.user_id, *was}
        with transaction.atomic():
            super().save(*args, **kwargs)
            settle_desk(touched)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """With the last role goes the desk."""
        with transaction.atomic():
            gone = super().delete(*args, **kwargs)
            settle_desk([self.user_id])
        return gone


def settle_desk(users: Iterable[int]) -> None:
    """Whoever has a role, or is an operator, has a desk; whoever has none any more has none, no session from the
    time there was one, and no key to the API."""
    rows = User.objects.filter(pk__in=list(users))
    has = Exists(RoleGrant.objects.filter(user=OuterRef("pk")))
    rows.filter(Q(is_superuser=True) | has, is_staff=False).update(is_staff=True)
    without = list(rows.filter(~has, is_superuser=False, is_staff=True).values_list("pk", flat=True))
    if without:
        User.objects.filter(pk__in=without).update(is_staff=False, session_turn=F("session_turn") + 1)
        Token.objects.filter(user__in=without).delete()
