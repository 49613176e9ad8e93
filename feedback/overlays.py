"""What feedback lays over pages for one person: that something new is in the inbox, and the faces of a
completed module."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import OuterRef, Subquery
from django.template.loader import render_to_string

from learners.models import Enrolment
from mooc.lib import registry

from . import selectors
from .data import Face
from .models import Reaction


def news(person: Any, args: Sequence[str]) -> Mapping[str, str]:
    """A line that leads to the inbox, when something there is new: 1 query."""
    count = selectors.unread(person.learner)
    return dict.fromkeys(args, render_to_string("feedback/news.html", {"unread": count})) if count else {}


PICTURES = {Face.GOOD: "good", Face.SO_SO: "so-so", Face.BAD: "bad"}  # the best first, as it is said


def faces(person: Any, args: Sequence[str]) -> Mapping[str, str]:
    """The three faces for whoever completed the module. ``args``: module ids. 1 query."""
    latest_face = Reaction.objects.filter(learner=person.learner, module=OuterRef("module")).values("face")
    rows = Enrolment.objects.filter(
        learner=person.learner, module_id__in=args, completed_at__isnull=False
    ).annotate(face=Subquery(latest_face))
    token = registry.slot_filler.get("token")
    return {
        str(row.module_id): render_to_string(
            "feedback/faces.html",
            {
                "slug": row.module.slug,
                "face": row.face,
                "id": uuid.uuid4(),
                "token": token(person, [""]).get("", "") if token else "",
                "faces": [(face.value, face.label, picture) for face, picture in PICTURES.items()],
            },
        )
        for row in rows.select_related("module")
    }
