"""Numbers of evaluation for whoever watches (``/metrics``)."""

from __future__ import annotations

import math

from django.db.models import Max
from django.utils import timezone

from .data import ScopeKind
from .models import EvaluationSnapshot


def evaluation_age() -> float:
    """Seconds since the moment the newest figures of all places count up to; NaN when there are none."""
    whole = EvaluationSnapshot.objects.filter(kind=ScopeKind.REGION, key="", region_code="")
    newest = whole.aggregate(at=Max("as_of"))["at"]
    return (timezone.now() - newest).total_seconds() if newest else math.nan
