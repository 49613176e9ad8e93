"""Names of fields and tables that Django makes from code ("title zh"), said in the reader's language.

A model names itself and its fields where that says more. What only operators see, and what libraries leave
without a name, is named here once: no migration, and what nobody named is found by a test.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Field
from django.utils.translation import gettext_lazy as _

NAMES = {
    "as of": _("as of"), "asked at": _("asked at"), "block": _("block"), "category": _("category"),
    "central": _("most central questions"), "code": _("code"), "created at": _("created at"), "data": _("data"),
    "edition": _("edition"), "encoder": _("encoder"), "ended at": _("ended at"), "error": _("error"),
    "expires at": _("expires at"), "family": _("family"), "file": _("file"), "guessed": _("guessed"),
    "icon": _("icon"), "key": _("key"), "gone learner": _("learner merged"), "gone phone": _("number of the one merged"),
    "kept learner": _("learner kept"), "kept phone": _("number kept"), "kind": _("kind"), "merged by": _("merged by"),
    "rows": _("rows"), "undone by": _("undone by"), "language": _("language"),
    "last used at": _("last used at"), "learner": _("learner"), "lesson": _("lesson"), "level": _("level"),
    "links": _("links"), "looked again": _("looked again"), "made by": _("made by"), "module": _("module"),
    "name en": _("name, English"), "name zh": _("name, Chinese"), "opened": _("opened"), "order": _("order"),
    "parent": _("belongs to"), "percent": _("percent"), "phone": _("phone"), "position": _("position"),
    "question": _("question"), "said by": _("said by"), "seen at": _("seen at"), "sha256": _("check sum"),
    "slug": _("address"), "state": _("state"), "text": _("text"), "text en": _("text, English"),
    "text zh": _("text, Chinese"), "threshold": _("threshold"), "title en": _("title, English"),
    "title zh": _("title, Chinese"), "tries": _("times tried"), "turn": _("turn"), "type": _("type"), "user": _("user"),
}  # fmt: skip

# What the desk calls rows that hang on something ("This stays: …"), in the plural.
ROWS = {
    "mfa.Authenticator": _("second steps"), "accounts.LoginCode": _("codes sent"),
    "accounts.OldRegionCode": _("old codes of places"), "accounts.FormSent": _("forms that were sent"),
    "accounts.PhoneChange": _("changes of number"), "courses.TrackStep": _("places in tracks"),
    "courses.MediaSize": _("sizes of pictures"), "courses.SearchEntry": _("lines of the search"),
    "courses.ContentState": _("state of the content"), "learners.Phone": _("phones"),
    "learners.Former": _("former learners"), "learners.DatabaseState": _("state of the database"),
    "learners.LessonProgress": _("lessons begun"), "feedback.Notice": _("notices"),
    "feedback.NoticeChoice": _("choices about notices"), "assessments.Response": _("answers"),
    "assessments.ItemEdition": _("versions of questions"),
    "evaluation.ReportFile": _("files of reports"), "evaluation.HelpNeed": _("signs that somebody needs help"),
    "evaluation.HelpGiven": _("help given"),
}  # fmt: skip


def _named(field: Field[Any, Any]) -> bool:
    """Whether its model gave it a name, which is then among the words it was made with."""
    return field.deconstruct()[3].get("verbose_name") is not None


def translate() -> None:
    """Give every field and table that still has a name made from code the one above."""
    for model in apps.get_models():
        if name := ROWS.get(model._meta.label):
            model._meta.verbose_name_plural = name
        for field in model._meta.get_fields():
            if isinstance(field, Field) and field.verbose_name in NAMES and not _named(field):
                field.verbose_name = NAMES[str(field.verbose_name)]
