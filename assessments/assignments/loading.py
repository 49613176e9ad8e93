"""Practical tasks from content files into the database."""

from __future__ import annotations

from typing import Any

from courses.models import Module

from ..models import Assignment
from .files import read_task


def load_assignment(module: Module, source: Any, overwrite: bool) -> int:
    """Bring a module's task to what its ``task.md`` says; it counts no items. Without the file nothing changes."""
    task = read_task(source.path)
    if task is None or task.errors:
        return 0
    texts = {f"{key}_{lang}" for key in ("title", "hand_in", "helper") for lang in ("zh", "en")}
    Assignment.objects.update_or_create(
        module=module,
        defaults={
            "code": task.header["code"],
            "media": task.header["media"],
            "minutes": int(task.header["minutes"]),
            "steps": task.steps,
            "slips": task.slips,
            "criteria": task.criteria,
            **{name: task.header[name] for name in texts},
        },
    )
    return 0
