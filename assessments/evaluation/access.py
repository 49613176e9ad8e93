"""Who may look at what in supervision: supervisors their regions and all below, operators everything."""

from __future__ import annotations

import logging
from typing import Any

from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _

from courses.models import Course, Module
from learners.models import Cohort
from mooc.accounts.models import Region
from mooc.accounts.rights import Right
from mooc.accounts.sign_in.who import with_right
from mooc.lib.text.cleaning import clean
from mooc.lib.text.digits import whole_number

from .data import Scope, ScopeKind

logger = logging.getLogger("mooc.access")
EVERYBODY = ""  # the code of the operator's line above all provinces


supervised = with_right(Right.SEE_FIGURES)  # for supervisors and operators


def regions_of(user: Any) -> Any:
    """Regions a person supervises, with all below."""
    if user.everywhere(Right.SEE_FIGURES):
        return Region.objects.all()
    wanted = Q(pk__in=[])
    for path in user.region_paths(Right.SEE_FIGURES):
        wanted |= Q(path__startswith=path)
    return Region.objects.filter(wanted)


def own_boards(user: Any) -> list[Region]:
    """The regions a person was given, where there is more than one to choose from: 1 query then."""
    paths = user.region_paths(Right.SEE_FIGURES)
    return list(Region.objects.filter(path__in=paths)) if len(paths) > 1 else []


def place_of(user: Any, code: str | None) -> Region | None:
    """The region asked for, else the person's own; ``None``: everybody, for operators only.

    :raises Http404: when it is not this person's; written down by ids.
    """
    rows = regions_of(user)
    _plain(code or "")
    if not code:
        return None if user.everywhere(Right.SEE_FIGURES) else rows.order_by("level", "path").first()
    region: Region | None = rows.coded(code[:12]).first()
    if region is None:
        logger.warning(
            "refused user=%s region=%s", user.pk, code if whole_number(code, 12) is not None else "?"
        )
        raise Http404
    return region


def _plain(text: str) -> None:
    """No database is asked for control characters: one of the two breaks on them."""
    if clean(text) != text:
        raise Http404


def scope_for(user: Any, kind: str, key: str, region_code: str = "") -> tuple[Scope, Region | None]:
    """A scope a person may see, with the region it belongs to.

    A class belongs to its place. A course or module is narrowed to a region; only operators see all.

    :raises Http404: for what is not there, or not this person's.
    """
    _plain(key)
    if kind == ScopeKind.REGION:
        region = place_of(user, key)
        return Scope(kind, region.code if region else EVERYBODY), region
    if kind == ScopeKind.COHORT:
        cohort = Cohort.objects.filter(code=key, region__in=regions_of(user)).select_related("region").first()
        if cohort is None:
            logger.warning("refused user=%s class", user.pk)
            raise Http404
        return Scope(kind, cohort.code), cohort.region
    models: dict[str, type[Course | Module]] = {ScopeKind.COURSE: Course, ScopeKind.MODULE: Module}
    if kind not in models or not models[kind]._base_manager.filter(slug=key).exists():
        raise Http404
    region = place_of(user, region_code)
    return Scope(kind, key, region.code if region else EVERYBODY), region


def title_of(scope: Scope, region: Region | None) -> str:
    """What a scope is called, in the reader's language."""
    if scope.kind == ScopeKind.COHORT:
        return Cohort.objects.get(code=scope.key).title
    if scope.kind == ScopeKind.REGION:
        return place_title(region)
    if scope.kind == ScopeKind.COURSE:
        return in_place(str(Course.objects.get(slug=scope.key)), region)
    module = Module.objects.select_related("published").get(slug=scope.key)
    return in_place(module.published.title if module.published else module.slug, region)


def place_title(region: Region | None) -> str:
    """What a place is called; without one it is all of them."""
    return str(region) if region else _("All places")


def in_place(what: str, region: Region | None) -> str:
    """A course or module with the place whose people are counted."""
    return _("%(what)s, %(place)s") % {"what": what, "place": place_title(region)}
