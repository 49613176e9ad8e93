"""Where places stand: the one way a place is moved, gets another code, or is merged into another.

``path`` of every place is its parent's path and its own code. What holds a place by its row follows of
itself; what holds a code as text is told through ``mooc.lib.registry``, in the same transaction.
"""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from mooc.lib import registry
from mooc.lib.errors import DomainError
from mooc.lib.events import emit

from .. import signals
from ..data import PlacesChanged, RegionLevel
from ..models import CODE, OldRegionCode, Region, RoleGrant
from ..staff import deeds

logger = logging.getLogger(__name__)


def relocate(*, region: Region, parent: Region | None, code: str, by: Any = None) -> int:
    """Put a place below ``parent`` with the code ``code``; all below follow, in one transaction.

    The code it had stays known as an old one: imports and links find the place by it.

    :returns: how many places have another path now.
    :raises DomainError: when it cannot stand there; nothing is changed.
    """
    with transaction.atomic():
        hold_tree()
        here = Region.objects.get(pk=region.pk)
        there = Region.objects.get(pk=parent.pk) if parent else None
        check(here, there, code)
        path = f"{there.path if there else ''}{code}/"
        if path == here.path:
            return 0
        moved = Region.objects.within(here).restand(
            path=Concat(Value(path), Substr("path", len(here.path) + 1), output_field=models.CharField())
        )
        Region.objects.filter(pk=here.pk).restand(parent=there, code=code)
        if code != here.code:
            OldRegionCode.objects.filter(code=code).delete()
            OldRegionCode.objects.create(code=here.code, region=here)
        for _name, rename in registry.place_moved:
            rename(here.code, code)
        logger.info(
            "place %s: %s is now %s, %s places, by user %s",
            here.pk,
            here.path,
            path,
            moved,
            getattr(by, "pk", None),
        )
        deeds.note(by=by, did=deeds.Did.MOVED, about=here, detail=f"{here.path} {path}")
        emit(signals.places_changed, PlacesChanged(here.pk))
        return moved


def merge(*, source: Region, into: Region, by: Any = None) -> int:
    """Everything of ``source`` goes to ``into``: people, classes, records, roles, reports, and the places
    below. The code of ``source`` stays known as an old code of ``into``; its row goes.

    :returns: how many rows were handed over.
    :raises DomainError: when the two are not of one level, or the same; nothing is changed.
    """
    with transaction.atomic():
        hold_tree()
        gone = Region.objects.select_for_update().get(pk=source.pk)  # nobody is put there meanwhile
        kept = Region.objects.select_for_update().get(pk=into.pk)
        if gone.pk == kept.pk or gone.level != kept.level:
            raise DomainError(_("Choose another place of the same level."), code="level", field="into")
        for _name, prepare in registry.place_merged:
            prepare(gone, kept)
        _drop_double_roles(gone, kept)
        below = Region.objects.filter(parent=gone)
        Region.objects.within(gone).exclude(pk=gone.pk).restand(
            path=Concat(Value(kept.path), Substr("path", len(gone.path) + 1), output_field=models.CharField())
        )
        moved = below.restand(parent=kept)
        OldRegionCode.objects.filter(region=gone).update(region=kept)
        moved += _hand_over(gone, kept)
        gone.delete()
        OldRegionCode.objects.create(code=gone.code, region=kept)
        logger.info(
            "place %s (%s) merged into %s (%s), %s rows, by user %s",
            source.pk,
            gone.code,
            kept.pk,
            kept.code,
            moved,
            getattr(by, "pk", None),
        )
        deeds.note(by=by, did=deeds.Did.MERGED, about=kept, detail=f"{gone.code} {kept.code}")
        emit(signals.places_changed, PlacesChanged(kept.pk))
        return moved


def holders() -> list[tuple[type[models.Model], str]]:
    """Every table and column that names a place by its row, past versions among them."""
    return [
        (relation.related_model, relation.field.name)
        for relation in Region._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ForeignObjectRel)
        and relation.related_model not in (Region, OldRegionCode)
    ]


def _hand_over(gone: Region, kept: Region) -> int:
    """Rows of every table go to the other place. Past the models' own guards: nobody's act is changed."""
    return sum(
        models.QuerySet(model).filter(**{name: gone.pk}).update(**{name: kept.pk})
        for model, name in holders()
    )


def _drop_double_roles(gone: Region, kept: Region) -> None:
    """Who has a role in both places has it once afterwards."""
    there = RoleGrant.objects.filter(user=models.OuterRef("user"), role=models.OuterRef("role"), region=kept)
    RoleGrant.objects.filter(models.Exists(there), region=gone).delete()


def hold_tree() -> None:
    """Hold the tops of the tree until the transaction ends: two moves at once could make a circle."""
    list(Region.objects.select_for_update().filter(parent=None).order_by("pk").values_list("pk"))


def hanging(region: Region) -> dict[str, int]:
    """What stands below a place or names it or a place below: name for people → how many."""
    counts = {str(Region._meta.verbose_name_plural): Region.objects.within(region).count() - 1}
    for model, name in holders():
        if model._meta.auto_created or hasattr(model, "history_type"):
            continue
        rows: models.QuerySet[Any] = models.QuerySet(model).filter(
            **{f"{name}__path__startswith": region.path}
        )
        counts[str(model._meta.verbose_name_plural)] = rows.count()
    return {name: count for name, count in counts.items() if count}


def check(here: Region, there: Region | None, code: str) -> None:
    """Whether a place can stand below another with a code.

    :raises DomainError: with what is wrong, and the field it is about.
    """
    _check_parent(here, there)
    _check_code(here, code)


def _check_parent(here: Region, there: Region | None) -> None:
    wanted = (there.level if there else 0) + 1
    if there and there.path.startswith(here.path):
        raise DomainError(_("A place cannot stand below itself."), code="circle", field="parent")
    if here.level != wanted:
        raise DomainError(_("A region stands one step below its parent."), code="level", field="parent")


def _check_code(here: Region, code: str) -> None:
    try:
        CODE(code)
    except ValidationError as error:
        raise DomainError(_("A code has 2 to 12 digits."), code="code", field="code") from error
    if Region.objects.filter(code=code).exclude(pk=here.pk).exists():
        raise DomainError(_("Another place has this code."), code="taken", field="code")
    old = OldRegionCode.objects.filter(code=code).exclude(region=here).select_related("region").first()
    if old:
        raise DomainError(
            _("This is an old code of %(place)s.") % {"place": old.region}, code="taken", field="code"
        )


def crooked() -> models.QuerySet[Any]:
    """Places that do not stand where their parent and code say: one query. There should be none."""
    right = models.Case(
        models.When(parent=None, then=Concat(F("code"), Value("/"))),
        default=Concat(F("parent__path"), F("code"), Value("/")),
        output_field=models.CharField(),
    )
    level = models.Case(models.When(parent=None, then=RegionLevel.PROVINCE), default=F("parent__level") + 1)
    rows = Region.objects.annotate(right_path=right, right_level=level)
    return rows.exclude(path=F("right_path"), level=F("right_level")).order_by("level", "pk")


def straighten() -> int:
    """Put right the paths of places that stand wrong, from the top. Returns how many were changed."""
    count = 0
    with transaction.atomic():
        hold_tree()
        for level in RegionLevel.values:
            for region in crooked().filter(level=level).select_related("parent"):
                path = f"{region.parent.path if region.parent else ''}{region.code}/"
                count += Region.objects.filter(pk=region.pk).exclude(path=path).restand(path=path)
    return count
