"""``evaluate (--module S | --course S | --cohort S | --region CODE | --all) [--as-of DATE] [--json]``."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from assessments.evaluation import services
from assessments.evaluation.data import Figure, JobKind, Scope, ScopeKind
from assessments.evaluation.measure.catalogue import indicator_of
from assessments.evaluation.models import EvaluationSnapshot
from mooc.jobs import services as jobs
from mooc.lib.errors import DomainError
from mooc.lib.jobrow import JobState


class Command(BaseCommand):
    help = "Build the snapshot of a place, class, course or module, and print its figures."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--module", metavar="SLUG")
        what.add_argument("--course", metavar="SLUG")
        what.add_argument("--cohort", metavar="CODE")
        what.add_argument("--region", metavar="CODE")
        what.add_argument("--all", action="store_true", help="everything, as every night; prints no figures")
        parser.add_argument(
            "--as-of",
            help="a day (it counts whole; today: up to now) or a moment that has been; now when left out",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["all"]:
            return self._everything(moment(options["as_of"]))
        kind = next(kind for kind in ScopeKind if options[kind])
        try:
            snapshot = services.take_snapshot(Scope(kind, options[kind]), moment(options["as_of"]))
        except DomainError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(snapshot.as_json(), ensure_ascii=False))
            return None
        self.stdout.write(f"{snapshot.scope}, up to {snapshot.as_of:%Y-%m-%d %H:%M}, model {snapshot.model}")
        for figure in snapshot.figures:
            self.stdout.write(line_of(figure))
        return None

    def _everything(self, as_of: dt.datetime) -> None:
        job, _new = jobs.ask_for(kind=JobKind.EVALUATE, key=services.WHOLE_TREE, as_of=as_of, by=None)
        jobs.run(job.pk, services.evaluate)
        job.refresh_from_db()
        if job.state != JobState.DONE:
            raise CommandError(job.error or f"{job.get_state_display()}: another worker may have it")
        count = EvaluationSnapshot.objects.filter(as_of=job.as_of).count()
        self.stdout.write(f"{count} snapshots up to {job.as_of:%Y-%m-%d %H:%M}")


def moment(text: str | None) -> dt.datetime:
    """A day as the moment it ends, today and nothing as now, a moment as it is.

    :raises CommandError: for anything else, and for what has not been yet.
    """
    now = timezone.now()
    if not text:
        return now
    try:
        day, at = parse_date(text), parse_datetime(text) if "T" in text or " " in text else None
    except ValueError as error:
        raise CommandError(f"--as-of {text}: {error}") from error
    if at is not None:
        at = at if timezone.is_aware(at) else timezone.make_aware(at)
        if at > now:
            raise CommandError(f"--as-of {text}: that moment has not been yet.")
        return at
    if day is None:
        raise CommandError(f"--as-of {text}: write a day as 2026-11-25.")
    if day > timezone.localdate():
        raise CommandError(f"--as-of {text}: that day has not been yet.")
    return min(now, timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time())))


def line_of(figure: Figure) -> str:
    """One figure on a line of a console."""
    indicator = indicator_of(figure.code)
    title = str(indicator.title) if indicator else ""
    if figure.hidden:
        return f"{figure.code:32} (hidden: fewer than five)  {title}"
    of = ""
    if figure.denominator is not None:
        of = (
            f"{figure.numerator} of {figure.denominator}"
            if figure.numerator is not None
            else f"n = {figure.denominator}"
        )
    value = "–" if figure.value is None else f"{figure.value:g}"
    return f"{figure.code:32} {value:>8} {figure.unit:11} {of:14} {title}"
