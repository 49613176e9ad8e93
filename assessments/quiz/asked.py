"""A quiz with its items as they are asked now, kept in this process while the content stands.

Answers come in bursts, and the key to judge them by changes only when somebody edits it: the admin
and the loader then raise the content version (``courses.services.bump_content``), so what is kept
here is at most ``CONTENT_VERSION_SECONDS`` old.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.http import Http404

from courses.standing import while_content_stands

from ..bank.asked import AskedItem, as_asked
from ..models import Item, Quiz


@dataclass(frozen=True, slots=True)
class AskedQuiz:
    """A quiz, its published module and its items by code. Shared between threads."""

    quiz: Quiz
    items: Mapping[str, AskedItem]

    @property
    def live_codes(self) -> list[str]:
        """Codes of the items a new try draws from."""
        return [item.code for item in self.items.values() if item.live]


def asked_quiz(pk: int, *, withdrawn: bool = False) -> AskedQuiz:
    """The quiz of a published module: no query while the content stands, else 3.

    :param withdrawn: also of a module that was published before and is taken back just now: who has the question
        before them answers it all the same.
    :raises Http404: when there is none.
    """
    known = _read(pk)
    if known.quiz.module.published_id is None and not withdrawn:
        raise Http404
    return known


def open_modules(fresh: bool = False) -> frozenset[int]:
    """Ids of modules whose quiz has a question in use: no query while the content stands, else 1.

    :param fresh: ask the database, whatever is kept.
    """
    return _open_now() if fresh else _known_open()


def _open_now() -> frozenset[int]:
    rows = Item.objects.live().filter(module__quiz__isnull=False).order_by()
    return frozenset(rows.values_list("module", flat=True).distinct())


_known_open = while_content_stands(_open_now)


@while_content_stands
def _read(pk: int) -> AskedQuiz:
    quiz = (
        Quiz.objects.select_related("module__published").filter(pk=pk, module__editions__number__gt=0).first()
    )
    if quiz is None:
        raise Http404
    items = Item.objects.filter(module=quiz.module_id).prefetch_related("options")
    return AskedQuiz(quiz, MappingProxyType({item.code: as_asked(item) for item in items}))
