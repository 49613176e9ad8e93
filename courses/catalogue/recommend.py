"""What to learn next, and why, in one sentence. Rules, not magic: anybody can follow them."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from mooc.lib.text.localized import fill

from ..models import Module

MOST = 3
LEFT_BEHIND = 5


def following(
    module: Module, candidates: Iterable[Module], *, finished: frozenset[int] = frozenset()
) -> list[Module]:
    """Modules to go on with after ``module``, best first, each with ``reason`` set.

    From easy to hard: of its own level what builds on it, then its tracks' next steps; after those, of
    higher levels, what builds on it, its subject, its tracks' later steps; last what its tracks left behind.
    Candidates need ``prerequisites``, ``category`` and ``tracks`` at hand; ``finished`` holds the
    ids of modules to leave out.
    """
    mine = {track.pk: track for track in module.tracks.all()}
    ranked = []
    for other in candidates:
        if other.pk == module.pk or other.pk in finished:
            continue
        rank, reason = _why(module, other, mine)
        if rank:
            harder = other.level > module.level
            ranked.append((rank == LEFT_BEHIND, harder, rank, other.level, other.code, other, reason))
    return [_because(row[5], row[6]) for row in sorted(ranked, key=lambda row: row[:5])[:MOST]]


def from_the_start(candidates: Iterable[Module], *, finished: frozenset[int]) -> list[Module]:
    """Where nothing leads on: what is not finished yet, from easy to hard."""
    left = [other for other in candidates if other.pk not in finished]
    left.sort(key=lambda other: (other.level, other.code))
    return [_because(other, _("You have not learnt this one yet.")) for other in left[:MOST]]


def _because(module: Module, reason: str) -> Module:
    """A copy with the reason: the candidates may be shared between threads."""
    module = copy.copy(module)
    module.reason = reason
    return module


def _why(module: Module, other: Module, mine: Mapping[int, object]) -> tuple[int, str]:
    title = module.published.title if module.published else module.slug
    if any(before.pk == module.pk for before in other.prerequisites.all()):
        return 1, fill(_("It builds on “%(title)s”."), title=title)
    if other.category_id == module.category_id and other.level > module.level:
        return 2, _("The same subject, one step further.")
    shared = next((track for track in other.tracks.all() if track.pk in mine), None)
    if shared is None:
        return 0, ""
    if other.level == module.level and other.code > module.code:
        return 3, fill(_("Next on the way to “%(track)s”."), track=shared.title)
    if other.level > module.level:
        return 4, fill(_("Later on the way to “%(track)s”."), track=shared.title)
    return LEFT_BEHIND, fill(_("Also for “%(track)s”."), track=shared.title)
