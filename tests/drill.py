"""What a restore drill puts into an installation, run inside it: ``manage.py shell -c``.

Every kind of value that two databases store differently, and rows that point at their own table.
"""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from feedback.models import AnswerModule, AnswerVersion, Question, Theme
from learners.models import Cohort, Learner
from mooc.accounts.models import User
from mooc.lib.privacy import evidence

TRICKY = "“引号” \\ \t 制表 𠮷 🌾 {json} %s ' \" NULL \u2028 end"


@evidence.writing("publish_answers")
def fill() -> None:
    """On top of the demonstration data."""
    learner = Learner.objects.get(user__username="learner")
    user = User.objects.get(username="learner")
    User.objects.filter(pk=user.pk).update(phone="13900007777", phone_verified=True, display_name=TRICKY)
    first = Question.objects.create(
        learner=learner, text=TRICKY, vector=bytes(range(256)) * 4, encoder="some", confidence=0.1 + 0.2,
        uuid=uuid.UUID(int=2**127 + 1), due_at=dt.datetime(2026, 3, 4, 5, 6, 7, 890123, tzinfo=dt.UTC),
    )  # fmt: skip
    other = Question.objects.create(learner=learner, text="？", vector=b"", merged_into=first)
    Question.objects.filter(pk=first.pk).update(merged_into=None, theme=Theme.objects.first())
    module = AnswerModule.objects.create(theme=Theme.objects.first())
    version = AnswerVersion.objects.create(
        module=module, number=1, published_at=timezone.now(), published_by=user,
        entries=[{"z": None, "a": [1, 2.5, True, TRICKY], "asked": 10**12}],
    )  # fmt: skip
    AnswerModule.objects.filter(pk=module.pk).update(published=version)
    entry = module.entries.create(question_zh="问", answer_zh="答")
    entry.sources.set([first, other])
    group = Group.objects.create(name="组")
    group.permissions.set(Permission.objects.all()[:3])
    user.groups.add(group)
    LogEntry.objects.log_actions(user.pk, [first], CHANGE, change_message=[{"changed": {"fields": ["x"]}}])
    Cohort.objects.update(starts_on=dt.date(2026, 2, 28))
    Cohort.objects.first().save()  # a history row
    gone = User.objects.create(username="gone")
    gone.delete()  # the highest number is free again
    models = Path(settings.DATA_DIR) / "models"
    models.mkdir(exist_ok=True)
    (models / "themes-drill.npz").write_bytes(b"a trained model")
    (models / "table.npy").write_bytes(b"made anew when it is missing: not in a backup")


def add_rows() -> None:
    """New rows after a restore: every table that counts must give a free number."""
    learner = Learner.objects.get(user__username="learner")
    Question.objects.create(learner=learner, text="新")
    User.objects.create(username="after")
    Group.objects.create(name="after")
