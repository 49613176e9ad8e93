"""What accounts' tables hold about people, and those of the packages it stands on."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mooc.lib import jobrow
from mooc.lib.privacy import personal
from mooc.lib.privacy.personal import Owner, Person, Table, Then, account
from mooc.lib.text.cleaning import mask_phone

from .models import PhoneChange, TextMessage

ACCOUNT, MESSAGES, KEYS = (
    _("your name, number and account"),
    _("text messages and codes"),
    _("how you sign in"),
)
DESK, SIGNED_IN = _("what the desk wrote down about you"), _("where you are signed in")


def log_about(person: Person) -> QuerySet[LogEntry]:
    """Lines of the desk's log about a person: about every row of theirs that the desk can open."""
    wanted = Q(pk__in=[])
    for table in personal.declared().values():
        if not admin.site.is_registered(table.model_class):
            continue
        for owner in table.owners:
            if owner.then == Then.MASK or callable(owner.by):
                continue
            keys = [str(key) for key in personal.rows_of(table, owner, person).values_list("pk", flat=True)]
            if keys:
                kind = ContentType.objects.get_for_model(table.model_class)
                wanted |= Q(content_type=kind, object_id__in=keys)
    return LogEntry.objects.filter(wanted)


def sessions_of(person: Person) -> QuerySet[Session]:
    """Every device a person is signed in on: what it holds is asked of each session."""
    if person.user_id is None:
        return Session.objects.none()
    rows = Session.objects.filter(expire_date__gt=timezone.now()).iterator(chunk_size=500)
    mine = [row.pk for row in rows if row.get_decoded().get("_auth_user_id") == str(person.user_id)]
    return Session.objects.filter(pk__in=mine)


def texts_to_earlier_numbers(person: Person) -> QuerySet[TextMessage]:
    """Messages that went to a number the account had before: of it only the ends are known."""
    if person.user_id is None:
        return TextMessage.objects.none()
    ends = {row.before for row in PhoneChange.objects.filter(user=person.user_id)} - {""}
    rows = TextMessage.objects.exclude(state__in=jobrow.OPEN) if ends else TextMessage.objects.none()
    return TextMessage.objects.filter(pk__in=[row.pk for row in rows if mask_phone(row.phone) in ends])


TABLES = (
    Table(
        "accounts.User", root=True, owners=account("pk"), called="account", words=ACCOUNT,
        personal="password username name_key email phone display_name language elder_mode", hidden="password",
        evidence="last_login is_superuser is_staff is_active date_joined session_turn left_at phone_verified "
        "consented_at guardian_consent",
        impersonal="id", stays=_("your name beside what you answered, wrote, changed or helped with"),
    ),
    Table("accounts.User_groups", owners=account(), words=ACCOUNT, evidence="user group", impersonal="id"),
    Table(
        "accounts.User_user_permissions", owners=account(), words=ACCOUNT, evidence="user permission", impersonal="id"
    ),
    Table(
        "accounts.RoleGrant", owners=account(), called="roles", words=ACCOUNT, evidence="user role region",
        impersonal="id created_at updated_at",
    ),
    Table(
        "accounts.TextMessage", owners=(Owner("phone:phone"), Owner(texts_to_earlier_numbers)), called="messages",
        words=MESSAGES, personal="phone text", impersonal="id",
        evidence="state tries seen_at ended_at error expires_at created_at updated_at",
    ),
    Table(
        "accounts.LoginCode", owners=(Owner("phone:phone"),), called="codes", words=MESSAGES, personal="phone code_hash",
        hidden="code_hash", evidence="made_at expires_at tries used_at", impersonal="id",
    ),
    Table(
        "accounts.PhoneChange", owners=account(), called="number_changes", words=ACCOUNT, personal="before after",
        evidence="user changed_by changed_at", impersonal="id",
    ),
    Table("accounts.Region", impersonal="id code parent level name_zh name_en path"),
    Table(
        "accounts.Deed", evidence="did who who_name role table row detail at", impersonal="id",
        stays=_("the register of who did what: whose file you opened, what you changed, which role you gave"),
    ),
    Table("accounts.FormSent", impersonal="id key led_to at"),
    Table("accounts.OldRegionCode", impersonal="id code region since"),
    Table(
        "admin.LogEntry", owners=(Owner(log_about, Then.BLANK), Owner("user:user")), called="desk_log", words=DESK,
        personal="object_repr change_message", evidence="user content_type object_id action_flag action_time",
        impersonal="id",
    ),
    Table(
        "sessions.Session", owners=(Owner(sessions_of),), words=SIGNED_IN, personal="session_key session_data",
        hidden="session_key session_data", evidence="expire_date",
    ),
    Table(
        "account.EmailAddress", owners=account(), called="mail_addresses", words=ACCOUNT, personal="email",
        evidence="user verified primary", impersonal="id",
    ),
    Table(
        "account.EmailConfirmation", owners=account("email_address__user"), words=ACCOUNT, personal="key", hidden="key",
        evidence="email_address created sent", impersonal="id",
    ),
    Table(
        "mfa.Authenticator", owners=account(), called="second_steps", words=KEYS, personal="data", hidden="data",
        evidence="user type created_at last_used_at", impersonal="id",
    ),
    Table(
        "authtoken.Token", owners=account(), called="tokens", words=KEYS, personal="key", hidden="key",
        evidence="user created",
    ),
    Table("auth.Permission", impersonal="id name content_type codename"),
    Table("auth.Group", impersonal="id name"),
    Table("auth.Group_permissions", impersonal="id group permission"),
    Table("contenttypes.ContentType", impersonal="id app_label model"),
)  # fmt: skip


def tables() -> tuple[Any, ...]:
    """For the register."""
    return TABLES
