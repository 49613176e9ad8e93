"""Which items are missed most, and whether they tell who knows the rest."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, FloatField, Q, QuerySet, Window
from django.db.models.functions import Cast, RowNumber

from ..models import Item, Response
from .items import difficulty, discrimination

MISSED_OVER = dt.timedelta(days=90)
MISSED_FROM = 10  # answers; fewer say little
MISSED_BELOW = 0.85  # most items of a good test lie between 0.30 and 0.85: easier ones need no mending
TELLS_FROM = 30  # answers; fewer cannot tell good items from bad


@dataclass(frozen=True, slots=True)
class MissedItem:
    """An item with how its first answers went.

    :param difficulty: p, the share right, 0–1. :param discrimination: r_pb, or ``None`` where there are too
        few answers to tell.
    """

    item: Item
    right: int
    answered: int
    difficulty: float
    discrimination: float | None


def missed_items(user: Any, now: dt.datetime, limit: int = 10) -> list[MissedItem]:
    """Own items in use that are missed most at the first answer, over the last 90 days: 3 queries."""
    first = _first_answers(Item.objects.visible_to(user).live(), now - MISSED_OVER)
    counted = (
        first.values("item")
        .annotate(answered=Count("pk"), good=Count("pk", filter=Q(right=True)))
        .annotate(share=Cast(F("good"), FloatField()) / F("answered"))
        .filter(answered__gte=MISSED_FROM, share__lt=MISSED_BELOW)
        .order_by("share", "item")[:limit]
    )
    rows = {row["item"]: row for row in counted}
    tells = _discriminations(_first_answers(Item.objects.filter(pk__in=rows), now - MISSED_OVER))
    items = Item.objects.visible_to(user).select_related("module__published", "module__draft").in_bulk(rows)
    return [
        MissedItem(
            items[pk],
            row["good"],
            row["answered"],
            difficulty(row["good"], row["answered"]) or 0.0,
            tells.get(pk),
        )
        for pk, row in rows.items()
        if pk in items
    ]


def _first_answers(items: QuerySet[Item], since: dt.datetime) -> QuerySet[Response]:
    """Answers to items their learner had not met before: a later one has been told the reason.

    All answers are numbered by learner in one pass; asking for each whether there is an earlier one is
    fast in one database and twenty times slower in the other.
    """
    number = Window(RowNumber(), partition_by=["item", "attempt__learner"], order_by=["answered_at", "pk"])
    firsts = Response.objects.filter(item__in=items).order_by().annotate(number=number).filter(number=1)
    return Response.objects.filter(pk__in=firsts.values("pk"), answered_at__gte=since).order_by()


def _discriminations(first: QuerySet[Response]) -> dict[int, float | None]:
    """r_pb of items with enough answers in finished tries, counted by score in SQL: 1 query."""
    rows = first.filter(attempt__finished_at__isnull=False, attempt__total__gt=1)
    rests: dict[int, tuple[dict[float, int], dict[float, int]]] = defaultdict(
        lambda: (defaultdict(int), defaultdict(int))
    )
    for item, good, right, total, times in rows.values_list(
        "item", "right", "attempt__right", "attempt__total"
    ).annotate(times=Count("pk")):
        rests[item][not good][(right - good) / (total - 1)] += times
    return {
        item: discrimination(right, wrong)
        for item, (right, wrong) in rests.items()
        if sum(right.values()) + sum(wrong.values()) >= TELLS_FROM
    }
