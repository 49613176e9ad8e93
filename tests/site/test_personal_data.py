"""Every column of every table is declared; what belongs to a person can be taken along, and goes when they go."""

from __future__ import annotations

import datetime as dt
import html
import itertools
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.db import models
from django.test import Client
from django.utils import timezone, translation

from assessments.models import Item, Quiz
from courses.models import Lesson, Module, SearchQuery
from feedback.models import AnswerEntry, AnswerModule, AnswerVersion, ContentReport, Question, Theme
from feedback.people import hand_on
from feedback.questions.services import report_content
from learners.models import Learner
from learners.people import erased
from learners.people.guests import learner_of
from learners.people.merging import absorb_guest, erase
from learners.personal_data import person_of
from mooc.accounts.management.commands.backup import drop_old
from mooc.accounts.models import PhoneChange, Region, TextMessage, User
from mooc.lib import registry
from mooc.lib.privacy import erasing, evidence, personal
from mooc.lib.privacy.personal import Owner, Person, Table, Then

pytestmark = [pytest.mark.django_db]

HERE = {"headers": {"sec-fetch-site": "same-origin"}}
NUMBER, OLD_NUMBER, NAME = "13977700001", "13977700002", "要走的人赵"
_numbers = itertools.count(1)


# --- the register ---------------------------------------------------------------------------------------------


def test_every_column_of_every_table_stands_in_one_list() -> None:
    assert personal.problems() == []


def test_a_column_in_no_list_in_two_or_of_nowhere_is_found(monkeypatch: Any) -> None:
    def tables() -> tuple[Table, ...]:
        reply = Table("feedback.Reply", personal="text nothing", evidence="text", impersonal="id")
        faces = Table("feedback.Reaction", personal="learner", owners=(Owner("learner:module"),))
        return (reply, faces, Table("accounts.Deed", evidence="who_name"))

    others = {name: provider for name, provider in registry.personal_data if name != "feedback"}
    monkeypatch.setattr(registry.personal_data, "providers", {**others, "feedback": tables})
    found = personal.problems()
    for wanted in (
        "feedback.Reply.text: in 2 lists", "feedback.Reply.held: in 0 lists",
        "feedback.Reply.nothing: there is no such column", "feedback.Question: not declared",
        "feedback.Reply.learner: goes with a person, and no owner says so",
        "feedback.Reply: personal columns, and no way to find whose",
        "feedback.Reaction: the privacy page has no words for it",
        "accounts.Deed: names who worked here for good, and the privacy page does not say so",
    ):  # fmt: skip
        assert wanted in found


def test_a_text_column_is_never_called_impersonal_in_a_table_that_belongs_to_people() -> None:
    """Whatever a person can type into a row of theirs is personal: a free text in "evidence" would stay."""
    free = []
    for table in personal.declared().values():
        if not table.owners:
            continue
        kinds = dict(table.kinds())
        for column in table.model_class._meta.local_concrete_fields:
            typed = isinstance(column, models.TextField) or (
                isinstance(column, models.CharField) and (column.max_length or 0) >= 30
            )
            if typed and not column.choices and kinds[column.name] != "personal":
                free.append(f"{table.model}.{column.name}")
    assert set(free) == {  # ids of content, hashes of what was sent, and what only staff may write
        "learners.LearningRecord.object_id", "learners.LearningRecord.title_zh", "learners.LearningRecord.title_en",
        "learners.LearningRecord.module_slug", "learners.LearningRecord.fingerprint", "learners.LearningRecord.shown",
        "assessments.Attempt.item_codes", "assessments.Attempt.answered_codes", "feedback.Question.encoder",
        "feedback.HistoricalQuestion.history_change_reason", "feedback.HistoricalContentReport.history_change_reason",
        "admin.LogEntry.object_id", "learners.FileOpening.who_name", "learners.FileOpening.role",
            "feedback.AnswerVersion.checks_zh", "feedback.AnswerVersion.checks_en",
        "feedback.Notice.error", "accounts.TextMessage.error",  # the name of an error, written by a worker
    }  # fmt: skip


# --- somebody with a mark in every personal column ------------------------------------------------------------------


def mark(column: Any) -> Any:
    """A text only this column holds, as long as it takes; ``None`` where no text goes."""
    text = f"mk{next(_numbers):05}q"
    if isinstance(column, models.JSONField):
        return [text]
    if isinstance(column, models.BinaryField):
        return text.encode()
    fits = isinstance(column, models.TextField) or (
        isinstance(column, models.CharField) and (column.max_length or 99) >= len(text)
    )
    return text if fits else None


def plain(column: Any) -> Any:
    """Something the database takes."""
    if column.has_default():
        return column.get_default()
    if column.null:
        return None
    kinds: dict[type, Any] = {
        models.DateTimeField: timezone.now(), models.DateField: timezone.localdate(), models.BooleanField: False,
        models.UUIDField: uuid.uuid4(), models.IntegerField: 1, models.FloatField: 0.5, models.JSONField: [],
        models.BinaryField: b"",
    }  # fmt: skip
    if column.choices:
        return column.choices[0][0]
    return next(
        (value for kind, value in kinds.items() if isinstance(column, kind)), f"p{next(_numbers)}"[:8]
    )


FIXED: dict[str, dict[str, Any]] = {  # what constraints ask for
    "accounts.RoleGrant": {"role": "trainer"}, "feedback.PostReport": {"reply_id": None},
}  # fmt: skip


class World:
    """Makes rows; of what a row points at, one of each table is enough."""

    def __init__(self, learner: Learner) -> None:
        self.learner, self.user = learner, learner.user
        self.made: dict[Any, Any] = {Learner: learner, User: self.user}
        for model in (Region, Module, Lesson, Theme, Item, Quiz, ContentType):
            self.made[model] = model._default_manager.first()
        self.told: list[str] = []  # marks the export must hold
        self.marks: list[str] = []
        self.desk = User.objects.create_user("desk")

    def row(self, model: Any, table: Table | None = None) -> Any:
        """A row with marks in the personal columns of ``table``."""
        values: dict[str, Any] = {}
        kinds = dict(table.kinds()) if table else {}
        for column in model._meta.local_concrete_fields:
            if column.primary_key and not isinstance(column, models.CharField):
                continue
            is_marked = kinds.get(column.name) == "personal"
            value = mark(column) if is_marked and not column.remote_field else None
            if column.name == "phone" and is_marked:
                value = NUMBER
            if value is not None:
                text = value[0] if isinstance(value, list) else value
                text = text.decode() if isinstance(text, bytes) else text
                self.marks.append(text)
                if table and table.called and column.name in table.exported:
                    self.told.append(text)
            values[column.attname] = self.value(column, value, bool(table))
        if "kept_learner" in values:  # a number, not a key: whose it is was written down
            values["kept_learner"] = self.learner.pk
        made = model(**values | FIXED.get(model._meta.label, {}))
        models.QuerySet(model).bulk_create([made])
        found = models.QuerySet(model).order_by("-pk").first()
        self.made.setdefault(model, found)
        return found

    def value(self, column: Any, value: Any, owned: bool) -> Any:
        if value is not None:
            return value
        if not column.remote_field:
            return plain(column)
        if column.related_model is User and not owned:
            return self.desk.pk
        target = column.related_model
        if column.null and not (owned and target in (Learner, User, Question)):
            return None
        if column.name == "merged_into":
            return None
        return (self.made.get(target) or self.row(target)).pk


def wished(learner: Learner, text: str) -> ContentReport:
    """A wish somebody has sent."""
    return report_content(learner=learner, lesson=None, kind="wish", text=text, report_id=uuid.uuid4())


def everything() -> Iterator[tuple[str, Any]]:
    """Every value of every table."""
    for model in personal.all_models():
        for row in models.QuerySet(model).values():
            for name, value in row.items():
                text = (
                    bytes(value).decode("utf-8", "replace")
                    if isinstance(value, (bytes, memoryview))
                    else value
                )
                yield f"{model._meta.label}.{name}", json.dumps(text, ensure_ascii=False, default=str)


def held(marks: list[str]) -> list[tuple[str, str]]:
    return [(place, text) for place, value in everything() for text in marks if text in value]


@pytest.fixture
def marked(db: None, curriculum: None, regions: dict[str, Any], monkeypatch: Any) -> World:
    """A person with a row in every table that can hold one, and marks in every personal column. What must be
    handed over first is left aside: such a person has all of it at once."""
    monkeypatch.setattr(registry.hand_over, "providers", {})
    user = User.objects.create_user(
        "mk-username", password="x", display_name=NAME, phone=NUMBER, email="mk-mail@example.org"
    )
    world = World(learner_of(user))
    for name in ("username", "display_name", "phone", "email"):
        world.marks.append(getattr(user, name))
        world.told.append(getattr(user, name))
    for table in personal.declared().values():
        by_path = [owner for owner in table.owners if owner.path and owner.then != Then.MASK]
        if by_path and not table.root and table.model != "admin.LogEntry":
            world.row(table.model_class, table)
    world_of_functions(world, user)
    return world


@evidence.writing("change_phone")
def world_of_functions(world: World, user: User) -> None:
    """Rows that are found otherwise than by a path."""
    LogEntry.objects.create(
        user=world.desk, content_type=ContentType.objects.get_for_model(User),
        object_id=str(user.pk), object_repr="mk-repr", change_message="mk-change", action_flag=CHANGE,
    )  # fmt: skip
    PhoneChange.objects.create(user=user, before="139****0002", after="139****0001")
    TextMessage.objects.create(phone=OLD_NUMBER, text="mk-old", state="done", expires_at=timezone.now())
    SearchQuery.objects.create(text=f"{NAME} mk-search", language="zh", hits=0)
    session = SessionStore()
    session["_auth_user_id"], session["typed"] = str(user.pk), "mk-typed"
    session.create()
    told = ["mk-repr", "mk-change", "mk-old", "mk-search"]
    world.marks += [*told, session.session_key, OLD_NUMBER]
    world.told += told


def test_nothing_of_an_erased_person_is_left_and_the_export_held_it_all(marked: World) -> None:
    client = Client()
    client.force_login(marked.user)
    told = client.get("/me/privacy/data.json").content.decode()
    assert [text for text in marked.told if text not in told] == []
    assert len(marked.marks) > 40
    assert {text for _place, text in held(marked.marks)} == set(marked.marks)  # they were there
    assert client.post("/me/privacy/delete/", {"word": "delete"}, **HERE).status_code in (200, 302)
    assert not User.objects.filter(username="mk-username").exists()
    assert held(marked.marks) == []


def test_every_table_of_people_had_a_row_to_erase(marked: World) -> None:
    found = {table.model for table, _owner, _keys in erasing.rows(person_of(marked.learner))}
    owned = {
        name for name, table in personal.declared().items()
        if any(owner.then != Then.MASK for owner in table.owners)
    }  # fmt: skip
    assert owned - found == set()


def test_another_person_keeps_everything(marked: World) -> None:
    user = User.objects.create_user("stays", password="x", display_name="留下的人", phone="13900000009")
    other = learner_of(user)
    ask = Question.objects.create(learner=other, text="我的问题", answer="答案")
    report = wished(other, "我的愿望")
    erase(learner=marked.learner)
    ask.refresh_from_db()
    report.refresh_from_db()
    assert (ask.text, ask.answer, report.text, report.learner) == (
        "我的问题",
        "答案",
        "我的愿望",
        other,
    )
    assert User.objects.get(pk=user.pk).phone == "13900000009"
    assert ask.history.count() == 1
    assert Module.objects.count() == 2


# --- what others wrote to that person -------------------------------------------------------------------------------


def asked(user: User, text: str, answer: str) -> Question:
    return Question.objects.create(
        learner=learner_of(user), text=text, answer=answer, held=False, answered_at=timezone.now()
    )


@evidence.writing("publish_answers")
def test_what_is_published_under_a_theme_stays_without_the_name(make_user: Any) -> None:
    user = make_user("zhao", display_name=NAME)
    question = asked(user, "鸡蛋怎么寄", f"{NAME}你好，用蛋托。")
    module = AnswerModule.objects.create(theme=Theme.objects.first())
    entry = AnswerEntry.objects.create(
        module=module, question_zh="鸡蛋怎么寄", answer_zh=f"{NAME}你好，用蛋托。"
    )
    entry.sources.add(question)
    version = AnswerVersion.objects.create(
        module=module,
        number=1,
        published_at=timezone.now(),
        entries=[{"question_zh": "鸡蛋怎么寄", "answer_zh": f"{NAME}你好，用蛋托。"}],
    )
    erase(learner=learner_of(user))
    entry.refresh_from_db()
    version.refresh_from_db()
    assert entry.answer_zh == "***你好，用蛋托。"
    assert version.entries == [{"question_zh": "鸡蛋怎么寄", "answer_zh": "***你好，用蛋托。"}]
    assert held([NAME, "zhao"]) == []


def test_an_answer_that_others_share_greets_nobody_who_is_gone(make_user: Any) -> None:
    user, neighbour = make_user("zhao", display_name=NAME), make_user("wang")
    root = asked(user, "鸡蛋怎么寄", f"{NAME}你好，用蛋托。")
    same = Question.objects.create(learner=learner_of(neighbour), text="鸡蛋咋寄", merged_into=root)
    erase(learner=learner_of(user))
    same.refresh_from_db()
    assert (same.merged_into, same.answer) == (None, "***你好，用蛋托。")
    assert held([NAME]) == []


def test_a_name_of_one_letter_is_not_cut_out_of_words() -> None:
    assert personal.masked("李子怎么卖", ("李",)) == "李子怎么卖"
    assert personal.masked("赵大，赵大你好 13977700001", ("赵大", NUMBER)) == "***，***你好 ***"


def test_words_a_guest_wrote_go_with_the_account_that_took_them(make_user: Any) -> None:
    """Past versions still say the guest's number: they are found by the row they are of."""
    guest, user = Learner.objects.create(), make_user("zhao")
    question = Question.objects.create(learner=guest, text="访客的原话")
    wish = wished(guest, "访客的愿望")
    absorb_guest(guest=guest, target=learner_of(user))
    erase(learner=learner_of(user))
    assert held(["访客的原话", "访客的愿望"]) == []
    assert not Question.history.filter(id=question.pk).exists()
    assert ContentReport.objects.get(pk=wish.pk).kind == "wish"  # it counts; its words are gone


def test_an_erased_guest_leaves_nothing_either(client: Client, curriculum: None) -> None:
    guest = Learner.objects.create()
    Question.objects.create(learner=guest, text="访客的原话")
    erase(learner=guest)
    assert held(["访客的原话"]) == []
    assert not Learner.objects.exists()


def test_an_archive_brings_nobody_back(marked: World, client: Client) -> None:
    """The archive is older than the wish to be forgotten: whoever was erased is erased from it again."""
    uuid, made = marked.learner.uuid, Learner.objects.get(pk=marked.learner.pk).created_at
    client.force_login(marked.user)
    client.post("/me/privacy/delete/", {"word": "delete"}, **HERE)
    back = Learner.objects.create(uuid=uuid, user=User.objects.create_user("back", display_name=NAME))
    Learner.objects.filter(pk=back.pk).update(created_at=made)
    Question.objects.create(learner=back, text="我又回来了")
    erased.again()
    assert not Learner.objects.filter(uuid=uuid).exists()
    assert held([NAME, "我又回来了"]) == []
    new = Learner.objects.create(uuid=uuid)  # the same phone learns anew
    erased.again()
    assert Learner.objects.filter(pk=new.pk).exists()


def test_copies_are_kept_as_long_as_the_page_says(
    db: None, tmp_path: Path, client: Client, settings: Any
) -> None:
    now = timezone.localtime()
    for days in range(20):
        (tmp_path / f"mooc-{now - dt.timedelta(days=days, minutes=5):%Y%m%d-%H%M%S}.tar").touch()
    drop_old(tmp_path, settings.BACKUP_DAYS)
    assert len(list(tmp_path.iterdir())) == 14
    page = client.get("/privacy/", headers={"accept-language": "en"}).content.decode()
    assert "still there for 14 days" in page
    for old in sorted(tmp_path.iterdir())[1:]:
        old.unlink()
    drop_old(tmp_path, 14)
    assert len(list(tmp_path.iterdir())) == 1  # the only one is kept, however old


def test_the_page_says_of_every_kind_of_row_what_becomes_of_it(db: None, client: Client) -> None:
    page = html.unescape(client.get("/privacy/", headers={"accept-language": "en"}).content.decode())
    with translation.override("en"):
        for table in personal.declared().values():
            if table.owners and not table.of_staff:
                assert str(table.words) in page, table.model
        stays = personal.promised()["stays"]
    assert len(stays) == 4  # the register, the names beside what was done, on papers, beside targets
    assert all(words in page for words in stays)


def test_nobody_is_found_by_an_empty_number_or_name(make_user: Any) -> None:
    """An account without a number must not take the messages of all others along."""
    user = make_user("zhao", display_name="")
    TextMessage.objects.create(phone=NUMBER, text="x", expires_at=timezone.now() + dt.timedelta(hours=1))
    SearchQuery.objects.create(text="鸡蛋", language="zh", hits=3)
    erase(learner=learner_of(user))
    assert TextMessage.objects.count() == SearchQuery.objects.count() == 1
    assert erasing.rows(Person(0)) == []


def test_handing_on_touches_only_shared_answers(make_user: Any) -> None:
    user = make_user("zhao")
    question = asked(user, "鸡蛋怎么寄", "用蛋托。")
    hand_on(learner_of(user))
    question.refresh_from_db()
    assert question.answer == "用蛋托。"
