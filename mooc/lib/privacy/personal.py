"""The register of personal data: what every column of every table is, and what erasing a person does to it.

Each app declares its tables in ``personal_data.py``. Every column stands in exactly one of three lists:
*personal* (name, number, words, place: says something about somebody), *evidence* (what somebody did, and
when), *impersonal*. A table whose rows belong to a person says by which path, and what becomes of them.
Erasing, the own-data export and the privacy page are computed from here (``mooc.lib.privacy.erasing``); past
versions (``history``) follow their table. ``problems`` names what is in no list, or in two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.db import models

from .. import registry

HISTORY = "history_id history_date history_type history_change_reason history_user"


class Then(StrEnum):
    """What erasing a person does to a row of theirs."""

    DELETE = "delete"  # the row goes
    BLANK = "blank"  # the row stays for the count; its personal columns and its tie are emptied
    MASK = "mask"  # somebody else's words stay; the person's name and number in them go


@dataclass(frozen=True, slots=True)
class Person:
    """Whose data: enough to find every row."""

    learner_id: int
    user_id: int | None = None
    phone: str = ""
    names: tuple[str, ...] = ()  # what could stand in other people's words: name, sign-in name, number, mail


@dataclass(frozen=True, slots=True)
class Owner:
    """How a row belongs to a person: ``learner:attempt__learner``, ``user:user``, ``phone:phone``, or a
    function that gives the rows."""

    by: str | Callable[[Person], models.QuerySet[Any]]
    then: Then = Then.DELETE

    @property
    def path(self) -> str:
        """The path of lookups, empty for a function."""
        return self.by.partition(":")[2] if isinstance(self.by, str) else ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table. The lists are names of columns, parted by spaces.

    :param hidden: of the personal ones, what is not handed out: keyed hashes, keys, numbers made of words.
    :param called: its name in the export. :param words: what the privacy page calls it.
    :param root: the row of the person itself: deleted last, by whoever erases.
    :param of_staff: only people who work here have such rows: the privacy page does not speak of them.
    :param stays: what it keeps of people who worked here when they go, as the privacy page says it.
    """

    model: str
    personal: str = ""
    evidence: str = ""
    impersonal: str = ""
    hidden: str = ""
    owners: tuple[Owner, ...] = ()
    called: str = ""
    words: Any = ""
    root: bool = False
    of_staff: bool = False
    stays: Any = ""
    past_of: str = field(default="", compare=False)

    @property
    def model_class(self) -> type[models.Model]:
        """The model this is about."""
        return apps.get_model(self.model)

    def kinds(self) -> Iterator[tuple[str, str]]:
        """Each column with its kind."""
        for kind in ("personal", "evidence", "impersonal"):
            for name in getattr(self, kind).split():
                yield name, kind

    @property
    def exported(self) -> list[str]:
        """Columns the own-data export holds."""
        ties = {owner.path.split("__")[0] for owner in self.owners} - {*self.personal.split()}
        hidden = {*self.hidden.split()} | ties
        return [name for name, kind in self.kinds() if kind != "impersonal" and name not in hidden]


def mine(path: str = "learner", then: Then = Then.DELETE) -> tuple[Owner, ...]:
    """Rows that belong to a learner."""
    return (Owner(f"learner:{path}", then),)


def account(path: str = "user", then: Then = Then.DELETE) -> tuple[Owner, ...]:
    """Rows that belong to an account."""
    return (Owner(f"user:{path}", then),)


def declared() -> dict[str, Table]:
    """Every table that was declared, with the tables of past versions that follow them."""
    found: dict[str, Table] = {}
    for _app, tables in registry.personal_data:
        for table in tables():
            found[table.model] = table
            for model in apps.get_models():
                if getattr(model, "instance_type", None) is table.model_class:
                    found[model._meta.label] = _past(table, model)
    return found


def _past(table: Table, model: type[models.Model]) -> Table:
    """The table of past versions: the same columns, and who changed it when."""
    there = {column.name for column in model._meta.local_concrete_fields}

    def kept(names: str) -> str:
        return " ".join(name for name in names.split() if name in there)

    return replace(
        table,
        model=model._meta.label,
        personal=kept(table.personal),
        impersonal=kept(table.impersonal),
        evidence=f"{kept(table.evidence)} {HISTORY}",
        hidden=kept(table.hidden),
        past_of=table.model,
        called=f"{table.called}_before" if table.called else "",
    )


def promised() -> dict[str, list[str]]:
    """For the privacy page: what goes when somebody deletes what is theirs, what stays emptied, and what stays
    of who worked here."""
    lists: dict[str, list[str]] = {"goes": [], "emptied": [], "stays": []}
    for table in declared().values():
        if table.stays and not table.past_of:
            lists["stays"].append(str(table.stays))
        for owner in table.owners:
            words, rows = str(table.words), lists["emptied" if owner.then == Then.BLANK else "goes"]
            if not table.of_staff and not table.past_of and words not in lists["goes"] + lists["emptied"]:
                rows.append(words)
    return lists


def twice() -> list[str]:
    """Tables that were declared more than once."""
    names = [table.model for _app, tables in registry.personal_data for table in tables()]
    return sorted({name for name in names if names.count(name) > 1})


def all_models() -> list[type[models.Model]]:
    """Every table there is, those of other people's packages among them."""
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and not model._meta.proxy]


def problems() -> list[str]:
    """What is wrong with the register: empty when every column stands in one list."""
    tables, found = declared(), [f"{name}: declared twice" for name in twice()]
    for model in all_models():
        table = tables.get(model._meta.label)
        if table is None:
            found.append(f"{model._meta.label}: not declared")
        else:
            found += _problems(table, model)
    labels = {model._meta.label for model in all_models()}
    return found + [f"{name}: there is no such table" for name in tables if name not in labels]


def _problems(table: Table, model: type[models.Model]) -> Iterator[str]:
    names, names_of_staff = [name for name, _kind in table.kinds()], {"who_name"}
    columns = {column.name: column for column in model._meta.local_concrete_fields}
    for name, column in columns.items():
        if names.count(name) != 1:
            yield f"{table.model}.{name}: in {names.count(name)} lists"
        if (
            not table.root
            and _cascades_from_a_person(column)
            and not any(o.path == name for o in table.owners)
        ):
            yield f"{table.model}.{name}: goes with a person, and no owner says so"
    yield from (f"{table.model}.{name}: there is no such column" for name in names if name not in columns)
    if set(table.hidden.split()) - set(table.personal.split()):
        yield f"{table.model}: a secret is personal"
    if not table.owners and not table.stays and names_of_staff & set(names):
        yield f"{table.model}: names who worked here for good, and the privacy page does not say so"
    if table.personal and not table.owners:
        yield f"{table.model}: personal columns, and no way to find whose"
    if table.owners and not table.words:
        yield f"{table.model}: the privacy page has no words for it"


def roots() -> set[type[models.Model]]:
    """The tables whose rows are people."""
    return {table.model_class for _app, tables in registry.personal_data for table in tables() if table.root}


def _cascades_from_a_person(column: Any) -> bool:
    if not isinstance(column, models.ForeignKey) or column.remote_field.on_delete is not models.CASCADE:
        return False
    return column.related_model in roots()


def rows_of(table: Table, owner: Owner, person: Person) -> models.QuerySet[Any]:
    """The rows of a table that belong to a person."""
    rows: models.QuerySet[Any] = models.QuerySet(table.model_class)
    if callable(owner.by):
        return owner.by(person)
    kind, _sign, path = owner.by.partition(":")
    wanted = {"learner": person.learner_id, "user": person.user_id, "phone": person.phone}[kind]
    if not wanted:
        return rows.none()
    found = rows.filter(**{path: wanted})
    return rows.filter(pk__in=found.values("pk")) if "__" in path else found


def masked(text: str, names: tuple[str, ...]) -> str:
    """A text without somebody's name and number. One letter alone is too little to be a name."""
    for name in sorted(names, key=len, reverse=True):
        if len(name) > 1:
            text = text.replace(name, "***")
    return text
