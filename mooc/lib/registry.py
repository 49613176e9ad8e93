"""What a low room needs from a higher one comes by registration.

Higher apps register providers in ``AppConfig.ready()``; lower code asks the registry and never
imports upward.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from django.http import HttpRequest

from .desk import DeskLink, DeskPanel, Finding


class PagePerson(Protocol):
    """Who looks at a cached page: enough to lay their marks over it."""

    @property
    def version(self) -> str:
        """Changes whenever anything laid over a page may change."""

    @property
    def request(self) -> HttpRequest:
        """What they asked for."""


P = TypeVar("P")
SlotFiller = Callable[[Any, Sequence[str]], Mapping[str, str]]


@dataclass(slots=True)
class Registry(Generic[P]):
    """Named providers of one kind, in the order they were registered."""

    what: str
    providers: dict[str, P] = field(default_factory=dict)

    def register(self, name: str, provider: P) -> None:
        """Add a provider. Registering a name twice is a programming error."""
        if self.providers.get(name, provider) is not provider:
            raise ValueError(f"{self.what}: {name} is registered twice")
        self.providers[name] = provider

    def __iter__(self) -> Iterator[tuple[str, P]]:
        return iter(self.providers.items())

    def get(self, name: str) -> P | None:
        """The provider of that name, if there is one."""
        return self.providers.get(name)


#: ``content_version() -> str``: changes with every publishing (courses).
content_version: Registry[Callable[[], str]] = Registry("content_version")
#: ``find(wanted) -> list[SearchHit]``: what a higher room has on what was asked for, best first.
search_source: Registry[Callable[[Any], list[Any]]] = Registry("search_source")
#: ``person(request) -> PagePerson | None``: who looks at a page (learners).
page_person: Registry[Callable[[HttpRequest], PagePerson | None]] = Registry("page_person")
#: fills one kind of slot of a cached page for one person, all of its places at once.
slot_filler: Registry[SlotFiller] = Registry("slot_filler")
#: ``sections(learner) -> list[TrackingSection]``: sections of the tracking file.
tracking_section: Registry[Callable[[Any], list[Any]]] = Registry("tracking_section")
#: ``tables() -> (personal.Table, …)``: what each column of an app's tables is, and what erasing does to it.
personal_data: Registry[Callable[[], Sequence[Any]]] = Registry("personal_data")
#: ``prepare(learner) -> None``: called before a person's rows go as ``personal_data`` says; for what is more
#: than deleting and emptying (others share an answer). Inside the transaction that erases.
erase_person: Registry[Callable[[Any], object]] = Registry("erase_person")
#: ``merge(source, target) -> None``: moves an app's rows of a guest to an account.
merge_person: Registry[Callable[[Any, Any], None]] = Registry("merge_person")
#: ``load(module, source) -> int``: loads a part of a content folder (quiz items).
content_part: Registry[Callable[[Any, Any, bool], int]] = Registry("content_part")
#: ``check(root, modules) -> list[str]``: mistakes of the part of a content tree that a higher room reads.
content_tree: Registry[Callable[[Path, Sequence[Any]], list[str]]] = Registry("content_tree")
#: the same for what ships and need not hold for what a trainer writes: asked by ``--check`` only.
content_quality: Registry[Callable[[Path, Sequence[Any]], list[str]]] = Registry("content_quality")
#: ``make(module) -> None``: makes what every module has in a higher room (its quiz), unless it is there.
module_belonging: Registry[Callable[[Any], None]] = Registry("module_belonging")
#: ``look(module) -> list[Finding]``: what a higher room knows of a module that is about to be published.
publishing_check: Registry[Callable[[Any], list[Finding]]] = Registry("publishing_check")
#: ``link(module) -> DeskLink``: a way from a module's page on the desk to what a higher room holds of it.
module_link: Registry[Callable[[Any], DeskLink]] = Registry("module_link")
#: ``modules(fresh) -> Set[int]``: ids of modules whose quiz can be sat now; not ``fresh``: as of the content version.
quiz_open: Registry[Callable[[bool], Set[int]]] = Registry("quiz_open")
#: ``take(request, user, birth_year) -> None``: a new account takes what its phone holds; called inside
#: the transaction that makes the account.
newcomer: Registry[Callable[[HttpRequest, Any, int | None], None]] = Registry("newcomer")
#: ``action(model_admin, request, users)``: something an operator does with accounts ticked in their list.
account_action: Registry[Callable[[Any, HttpRequest, Any], Any]] = Registry("account_action")
#: ``kept(user) -> sentences``: what an account still holds that somebody else must take over before it is deleted.
hand_over: Registry[Callable[[Any], list[str]]] = Registry("hand_over")
#: ``year(user) -> int | None``: the year of birth an account has stated.
year_of_birth: Registry[Callable[[Any], int | None]] = Registry("year_of_birth")
#: ``count() -> float``: a number an operator watches, by the name it has on ``/metrics``; the first line
#: of its docstring says what it is.
gauge: Registry[Callable[[], float]] = Registry("gauge")
#: ``files() -> (folder, pattern)``: files that belong to the data and go into a backup, besides media.
data_files: Registry[Callable[[], tuple[Path, str]]] = Registry("data_files")
#: ``renew() -> None``: called inside the transaction that put an archive's rows into the database.
restored: Registry[Callable[[], None]] = Registry("restored")
#: ``rename(old, new) -> None``: a place stands elsewhere; where its code is another, what holds codes as text
#: follows. Called inside the transaction that moves it.
place_moved: Registry[Callable[[str, str], None]] = Registry("place_moved")
#: ``prepare(gone, kept) -> None``: a place goes into another; for codes as text, and for rows of which there
#: may be one only. All other rows follow of themselves. Called inside the transaction, before they do.
place_merged: Registry[Callable[[Any, Any], None]] = Registry("place_merged")
#: ``begin() -> done``: called in the moment that an archive shows; ``done()`` once it is on the disk.
backing_up: Registry[Callable[[], Callable[[], None]]] = Registry("backing_up")
#: ``row(module) -> (template, its values)``: what stands below the lessons on a module's page.
module_row: Registry[Callable[[Any], tuple[str, Mapping[str, Any]]]] = Registry("module_row")
#: ``stops(lesson ids) -> {id: sentence}``: how many opened a lesson and left it, and where; beside it on the desk.
lesson_stops: Registry[Callable[[Any], Mapping[int, str]]] = Registry("lesson_stops")
#: ``panel(user) -> DeskPanel | None``: a panel of the staff's front page, none for whom it is not.
desk_panel: Registry[Callable[[Any], DeskPanel | None]] = Registry("desk_panel")
#: ``place(user) -> (words, address) | None``: where somebody with a role works; the first that fits is
#: where signing in leads.
work_place: Registry[Callable[[Any], tuple[str, str] | None]] = Registry("work_place")


def work_places(user: Any) -> list[tuple[str, str]]:
    """The work places of a person: one query, and none for whoever has no role."""
    if not user.is_authenticated or not user.is_staff:
        return []
    return [place for _name, provider in work_place if (place := provider(user))]
