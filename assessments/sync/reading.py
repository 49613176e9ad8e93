"""Reading an item of a batch: every value is what it must be, or the item is refused by name.

One serializer a kind reads what phones send and describes it in the schema of the API. They take what our pages
send and nothing that only resembles it: Django REST Framework would read ``"5"``, ``5.0`` and ``true`` as numbers.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from learners.models import Learner
from learners.people import phone_names
from learners.record import clocks
from learners.record.clocks import Clock, When
from mooc.lib.errors import DomainError
from mooc.lib.pages.http import parse_uuid

from ..bank import posted

MAX_ITEMS = 100
LESSON, MODULE, ITEM, WORDS, NAME, LONGEST_VERB = 80, 60, 20, 20_000, 13, 12  # letters
KINDS = ("answer", "question", "reaction", "record", "report", "review")
VERBS = ("initialized", "suspended", "completed")


class Text(serializers.CharField):
    """Text as it was typed."""

    def __init__(self, most: int, **more: Any) -> None:
        super().__init__(max_length=most, trim_whitespace=False, **more)

    def run_validation(self, data: Any = empty) -> Any:
        """Only text is text."""
        if data is not empty and not isinstance(data, str):
            self.fail("invalid")
        return super().run_validation(data)


class Verb(Text):
    """What was done."""

    default_error_messages = {"unknown": "unknown"}

    def to_internal_value(self, data: Any) -> str:
        """One that is known here. What is longer than any verb is no word at all."""
        said: str = super().to_internal_value(data)
        if said not in VERBS and len(said) <= LONGEST_VERB:
            self.fail("unknown")
        return said


class Whole(serializers.IntegerField):
    """A whole number from 0 on."""

    def __init__(self, most: int, **more: Any) -> None:
        super().__init__(min_value=0, max_value=most, **more)

    def to_internal_value(self, data: Any) -> int:
        """No text, no truth, nothing with a point."""
        if type(data) is not int:
            self.fail("invalid")
        return data


class Name(serializers.UUIDField):
    """A UUID in its form of 36 letters."""

    def to_internal_value(self, data: Any) -> uuid.UUID:
        """In no other form."""
        found = parse_uuid(data) if isinstance(data, str) else None
        if found is None:
            self.fail("invalid", value=data)
        return found


class Moment(serializers.DateTimeField):
    """A time with its zone; ours when it has none."""

    def to_internal_value(self, value: Any) -> dt.datetime:
        """As the clock of a phone says it."""
        found = clocks.moment(value)
        if found is None:
            self.fail("invalid", format="ISO 8601")
        return found


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string", "maxLength": posted.LONGEST}]})
class Chosen(serializers.Field[Any, Any, Any, Any]):
    """A value of the form's field ``choice``: the id of a line, or a text."""

    default_error_messages = {"invalid": "not a value of a form"}

    def to_internal_value(self, data: Any) -> str | int:
        """What a form could have sent."""
        fits = type(data) is int or (isinstance(data, str) and len(data) <= posted.LONGEST)
        if not fits:
            self.fail("invalid")
        value: str | int = data
        return value


def _choice() -> serializers.ListField:
    """What the form of a question sends as ``choice``."""
    return serializers.ListField(child=Chosen(), max_length=posted.MOST)


class SyncItemSerializer(serializers.Serializer[Any]):
    """What every item says: ``who`` is the short name that its page carried."""

    who = Text(NAME, allow_blank=True, default="")
    id = Name()
    kind = serializers.ChoiceField(KINDS)


class RecordSerializer(SyncItemSerializer):
    """A lesson was opened, left or finished."""

    lesson = Text(LESSON)
    verb = Verb(LONGEST_VERB)
    at = Moment()
    seconds = Whole(86_400, default=0)
    block = Whole(999, default=0)

    def to_internal_value(self, data: Any) -> Any:
        """How long and how far is said where a lesson is left, and read nowhere else."""
        if isinstance(data, Mapping) and data.get("verb") != "suspended":
            self.fields.pop("seconds"), self.fields.pop("block")
        return super().to_internal_value(data)


class AnswerSerializer(SyncItemSerializer):
    """An answer in a quiz; ``edition`` is that of the question as it was shown."""

    quiz = Text(MODULE)
    attempt = Name()
    item = Text(ITEM)
    chosen = _choice()
    at = Moment()
    edition = Whole(999_999, required=False)


class ReviewSerializer(SyncItemSerializer):
    """An answer in the notebook."""

    chosen = _choice()
    at = Moment()
    card = Whole(2**53)
    round = Whole(99_999, default=0)
    edition = Whole(999_999, required=False)


class QuestionSerializer(SyncItemSerializer):
    """A question, from a lesson or from nowhere."""

    lesson = Text(LESSON, allow_blank=True, default="")
    at = Moment(required=False)
    text = Text(WORDS, allow_blank=True, default="")
    block = Whole(999, default=0)


class ReportSerializer(SyncItemSerializer):
    """A word on what is wrong, old or missing."""

    lesson = Text(LESSON, allow_blank=True, default="")
    about = Text(9, allow_blank=True, default="")
    text = Text(WORDS, allow_blank=True, default="")


class ReactionSerializer(SyncItemSerializer):
    """A face for a module."""

    module = Text(MODULE)
    at = Moment(required=False)
    face = Whole(9, default=0)


READERS: dict[str, type[SyncItemSerializer]] = {
    "record": RecordSerializer, "answer": AnswerSerializer, "review": ReviewSerializer,
    "question": QuestionSerializer, "reaction": ReactionSerializer, "report": ReportSerializer,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a phone made, as its serializer read it."""

    values: Mapping[str, Any]
    clock: Clock

    @property
    def id(self) -> uuid.UUID:
        """It stands for this act and for no other."""
        made: uuid.UUID = self.values["id"]
        return made

    def when(self, learner: Learner) -> When:
        """When it happened; when it came, where that is not said."""
        claimed = self.values.get("at")
        return self.clock.when(claimed, learner) if claimed else When(self.clock.received, None)

    def corrected(self, learner: Learner) -> bool:
        """Whether our time counts in place of the one it says."""
        return self.when(learner).corrected


def read(values: Any, clock: Clock) -> Item:
    """An item of a batch.

    :raises DomainError: for the first value that cannot be used; the phone puts such an item aside.
    """
    if not isinstance(values, Mapping):
        raise DomainError(_("An item is an object."), code="unreadable")
    kind = values.get("kind")
    reader = READERS.get(kind, SyncItemSerializer) if isinstance(kind, str) else SyncItemSerializer
    read = reader(data=values)
    if not read.is_valid():
        raise _refusal(*next(iter(read.errors.items())))
    return Item(read.validated_data, clock)


def _refusal(name: str, faults: Any) -> DomainError:
    """The sentence and the code for the value of that name."""
    if name == "id":
        return DomainError(_("The item has no usable id."), code="bad_id")
    if name == "kind":
        return DomainError(_("This kind of item is not known."), code="bad_kind")
    if name == "at":
        return DomainError(_("“at” is a time like 2026-11-23T08:30:00+08:00."), code="bad_time")
    if name == "chosen":
        return DomainError(_("“chosen” is a list of answer ids."), code="bad_value")
    if name == "verb" and faults[0].code not in ("invalid", "max_length"):
        return DomainError(_("This verb is not known here."), code="bad_verb")
    return DomainError(_("“%(name)s” is not usable.") % {"name": name}, code="bad_value")


# --- the batch -----------------------------------------------------------------------------------


class PhoneName(Name):
    """The name a phone made for itself."""

    def run_validation(self, data: Any = empty) -> uuid.UUID | None:
        """Anything else is no name."""
        return phone_names.parse(data)


class SentAt(Moment):
    """When a batch was sent, by the phone's clock."""

    def run_validation(self, data: Any = empty) -> dt.datetime | None:
        """Anything else is no time."""
        return clocks.moment(data)


ANY_ITEM = PolymorphicProxySerializer("SyncItem", dict(READERS), "kind", many=False)


@extend_schema_field(ANY_ITEM)
class Unread(serializers.Field[Any, Any, Any, Any]):
    """An item as it came: each is read by the serializer of its kind, for one bad item spoils no other."""

    def to_internal_value(self, data: Any) -> Any:
        """Whatever it is."""
        return data


class SenderSerializer(serializers.Serializer[Any]):
    """Which phone sends, and when by its clock. What cannot be read was not said."""

    phone = PhoneName(required=False)
    sent = SentAt(required=False)


class BatchSerializer(SenderSerializer):
    """What a phone made offline, in order."""

    items = serializers.ListField(child=Unread(allow_null=True), max_length=MAX_ITEMS)
