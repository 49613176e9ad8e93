"""What the table of jobs holds about people: who asked."""

from __future__ import annotations

from mooc.lib.privacy.personal import Table

TABLES = (
    Table(
        "jobs.Job", evidence="made_by",
        impersonal="id created_at updated_at kind key as_of state percent error tries seen_at ended_at",
    ),
)  # fmt: skip


def tables() -> tuple[Table, ...]:
    """For the register."""
    return TABLES
