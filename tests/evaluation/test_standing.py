"""What is read of the content is kept while it stands, for all threads, so that nobody can change it."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import Any

import pytest
from django.test import Client

from assessments.quiz import asked
from courses import selectors, services, standing
from courses.catalogue import spelling
from courses.models import ContentState, Module
from courses.publishing import addresses
from courses.publishing.services import ensure_draft, publish_module
from learners.record import pace
from mooc.lib.frozen import frozen

pytestmark = pytest.mark.django_db


@dataclasses.dataclass(frozen=True)
class Held:
    names: tuple[str, ...]


@dataclasses.dataclass
class Loose:
    name: str = ""


class Stateless:
    """What a kind is: methods and constants."""


class Own(list[int]):
    """A list all the same."""


# --- kept while the content stands ------------------------------------------------------------------------


@pytest.fixture
def read() -> Any:
    """A function that is kept, and what it was called with."""
    calls: list[Any] = []

    def reads(*key: Any) -> tuple[Any, ...]:
        calls.append(key)
        return key

    kept = standing.while_content_stands(reads)
    yield kept, calls
    standing.Standing.every.remove(kept)


def test_it_is_read_once_a_key_until_the_content_is_another(read: Any) -> None:
    kept, calls = read
    assert [kept(1), kept(1), kept(2), kept()] == [(1,), (1,), (2,), ()]
    assert calls == [(1,), (2,), ()]
    services.bump_content()
    kept(1)
    assert calls[3:] == [(1,)]
    ContentState.objects.update(version=7)  # by another process
    kept(1)
    assert calls[4:] == [(1,)]


def test_it_does_not_grow_without_end(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, calls = read
    monkeypatch.setattr(standing, "MOST", 3)
    for number in range(4):
        kept(number)
    kept(3)
    assert len(calls) == 4
    kept(0)
    assert len(calls) == 5


def test_what_is_refused_is_asked_again() -> None:
    times = []

    def refuses() -> None:
        times.append(1)
        raise LookupError

    kept = standing.while_content_stands(refuses)
    standing.Standing.every.remove(kept)
    for _try in range(2):
        with pytest.raises(LookupError):
            kept()
    assert len(times) == 2


def test_what_can_be_changed_is_not_kept() -> None:
    kept = standing.while_content_stands(lambda: {"a": 1})
    standing.Standing.every.remove(kept)
    with pytest.raises(TypeError, match="dict can be changed"):
        kept()


def test_threads_meet_no_mixture_of_two_contents(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, _calls = read
    version = iter(range(10**6))
    monkeypatch.setattr(standing, "content_version", lambda: str(next(version) // 50))
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(kept, [n % 7 for n in range(4000)])) == [(n % 7,) for n in range(4000)]


@pytest.mark.parametrize(
    "ask",
    [
        selectors.known_modules,
        lambda: selectors.known_lessons(Module.objects.published().first().published_id),  # type: ignore[union-attr]  # there are two
        addresses.known,
        spelling._pairs,
        lambda: pace.least_of(Module.objects.published().first().published_id),  # type: ignore[union-attr,arg-type]  # as above
        lambda: asked.asked_quiz(Module.objects.published().first().quiz.pk),  # type: ignore[union-attr]  # as above
        asked.open_modules,
    ],
)
def test_what_rooms_keep_is_the_same_thing_until_the_content_is_another(
    ask: Callable[[], Any], curriculum: None
) -> None:
    module = Module.objects.published().first()
    assert module is not None
    addresses.rename(row=module, text="another-name")
    first = ask()
    assert ask() is first
    services.bump_content()
    assert ask() is not first


def test_search_finds_a_course_by_the_title_it_was_given_since(curriculum: None) -> None:
    """The same courses with other words: rows of a model are equal while their ids are."""
    module = Module.objects.published().order_by("pk").first()
    assert module is not None
    there = f"/modules/{module.slug}/"
    assert there not in Client().get("/search/?q=腊肉熏房").content.decode()
    draft = ensure_draft(module=module)
    draft.title_zh = "腊肉熏房怎么修"
    draft.save()
    publish_module(module=module)
    assert there in Client().get("/search/?q=腊肉熏房").content.decode()


# --- what nobody can change ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        "", 0, None, 1.5, True, dt.date(2026, 11, 30), (), (1, ("a",)), frozenset({1}), Held(("a",)), Stateless(),
        MappingProxyType({"a": (Held(()),)}),
    ],
)  # fmt: skip
def test_a_frozen_value_is_itself(value: Any) -> None:
    assert frozen(value) is value


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        set(),
        Loose(),
        (1, [2]),
        Held((Loose(),)),
        MappingProxyType({"a": []}),
        object(),
        iter(()),
        Own(),
    ],  # type: ignore[arg-type]  # that is the mistake
)
def test_what_could_be_changed_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="can be changed"):
        frozen(value)


def test_a_shared_row_and_all_that_was_read_with_it_refuse_to_change(curriculum: None) -> None:
    module = selectors.known_modules()[0]
    assert module.published is not None
    for row, name in ((module, "slug"), (module.published, "title_zh"), (module.category, "title_zh")):
        before = getattr(row, name)
        for change in (
            lambda row=row, name=name: setattr(row, name, "x"),
            lambda row=row, name=name: delattr(row, name),
            row.save, row.delete, row.refresh_from_db,
        ):  # fmt: skip
            with pytest.raises(dataclasses.FrozenInstanceError):
                change()
        assert getattr(row, name) == before
    for track in module.tracks.all():
        with pytest.raises(dataclasses.FrozenInstanceError):
            track.slug = "x"


def test_a_shared_row_is_like_any_other(curriculum: None) -> None:
    shared = selectors.known_modules()[0]
    own = Module.objects.get(pk=shared.pk)
    assert (shared, hash(shared), type(shared).__name__) == (own, hash(own), "Module")
    assert isinstance(shared, Module)
    assert shared.get_absolute_url() == own.get_absolute_url()
    for copied in (copy.copy(shared), pickle.loads(pickle.dumps(shared))):  # noqa: S301  # our own
        assert type(copied) is Module
        copied.slug = "own"
    assert shared.slug == own.slug
