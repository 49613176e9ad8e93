"""What is laid over cached pages for one person: name, token, done marks. One query a kind at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import format_html

from mooc.lib import registry
from mooc.lib.pages import look
from mooc.lib.pages.request import on

from . import selectors
from .models import Enrolment, LessonProgress
from .people.guests import Person, short_name
from .record import clocks, pauses


def account(person: Person, args: Sequence[str]) -> Mapping[str, str]:
    """The name in the header, for somebody signed in."""
    if not person.signed_in:
        return {}
    user = person.request.user
    context = {"name": str(user), "work": registry.work_places(user)}
    return dict.fromkeys(args, render_to_string("learners/overlays/account.html", context))


def token(person: Person, args: Sequence[str]) -> Mapping[str, str]:
    """The forgery token; guests have none (see ``GuestCsrfMiddleware``)."""
    if not person.signed_in:
        return {}
    value = get_token(person.request)
    return dict.fromkeys(
        args, format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', value)
    )


def who(person: Person, args: Sequence[str]) -> Mapping[str, str]:
    """A short name of the learner for the page's script, so that waiting acts go to nobody else."""
    return dict.fromkeys(args, short_name(person.learner))


def lesson_marks(person: Person, args: Sequence[str]) -> Mapping[str, str]:
    """Tick or "half" on lesson numbers. ``args``: ``<lesson id>:<number>``."""
    ids = {arg.split(":")[0]: arg for arg in args}
    rows = LessonProgress.objects.filter(learner=person.learner, lesson_id__in=ids).values_list(
        "lesson_id", "done_at"
    )
    names = {True: "learners/overlays/mark_done.html", False: "learners/overlays/mark_begun.html"}
    return {
        ids[str(pk)]: render_to_string(names[done is not None], {"number": ids[str(pk)].split(":")[1]})
        for pk, done in rows
    }


def lesson_steps(person: Person, args: Sequence[str]) -> Mapping[str, str]:
    """The bar of steps above a lesson, those done filled. ``args``: ``<lesson ids>:<number>``."""
    filled = {}
    for arg in args:
        lessons, number = arg.split(":")
        ids = [int(pk) for pk in lessons.split(",")]
        rows = LessonProgress.objects.filter(learner=person.learner, lesson_id__in=ids, done_at__isnull=False)
        done = set(rows.values_list("lesson_id", flat=True))
        filled[arg] = look.steps([pk in done for pk in ids], int(number))
    return filled


def module_marks(person: Person, args: Sequence[str]) -> Mapping[str, str]:
    """Progress on module cards. ``args``: ``<module id>:<lessons>``."""
    totals = dict(arg.split(":") for arg in args)
    rows = Enrolment.objects.filter(learner=person.learner, module_id__in=totals)
    return {
        f"{row.module_id}:{totals[str(row.module_id)]}": render_to_string(
            "learners/overlays/module_progress.html", {"row": row, "total": int(totals[str(row.module_id)])}
        )
        for row in rows
    }


def module_bars(person: Person, args: Sequence[str]) -> Mapping[str, str]:
    """The big button and progress of a module page. ``args``: the module's id."""
    return {
        arg: render_to_string(
            "learners/overlays/module_bar.html", {"state": selectors.module_state(person.learner, int(arg))}
        )
        for arg in args
    }


def module_ticks(person: Person, args: Sequence[str]) -> Mapping[str, str]:
    """Tick or number in the lists of tracks. ``args``: ``<module id>:<number>``."""
    rows = Enrolment.objects.filter(learner=person.learner, module_id__in={arg.split(":")[0] for arg in args})
    done = {str(row.module_id): row.completed_at is not None for row in rows}
    names = {True: "learners/overlays/mark_done.html", False: "learners/overlays/mark_begun.html"}
    return {
        arg: render_to_string(names[done[pk]], {"number": number})
        for arg in args
        for pk, number in [arg.split(":")]
        if pk in done
    }


@dataclass(slots=True)
class _HomeOf:
    """What the front page of this person holds."""

    asked: bool = False
    home: selectors.Home | None = None


def _home(person: Person) -> selectors.Home | None:
    """Asked once a page, for both of its places."""
    kept = on(person.request, _HomeOf)
    if not kept.asked:
        kept.asked, kept.home = True, selectors.home_of(person.learner)
    return kept.home


def home_hero(person: Person, args: Sequence[str]) -> Mapping[str, str]:
    """ "Continue", or what to learn next, in place of the first-visit greeting once something was begun."""
    home = _home(person)
    if home is None:
        return {}
    context = {
        "home": home,
        "state": home.state,
        "name": str(person.request.user) if person.signed_in else "",
    }
    return dict.fromkeys(args, render_to_string("learners/overlays/home_resume.html", context))


def home_body(person: Person, args: Sequence[str]) -> Mapping[str, str]:
    """The learner's own front page in place of the tour of the house."""
    home = _home(person)
    if home is None:
        return {}
    context = {"home": home, "pause": _pause_card(person, home), "clock": clocks.said(person.request)}
    return dict.fromkeys(args, render_to_string("learners/overlays/home_mine.html", context))


def _pause_card(person: Person, home: selectors.Home) -> str:
    """After a long pause with something unfinished: what came between, asked once; 1 query then. Only of
    people: a guest is a phone."""
    if not person.signed_in or home.away_since is None:
        return ""
    told = pauses.asked(person.learner, home.away_since)
    if told is not None and not (told.reason and pauses.just_told(told)):
        return ""
    reasons = [(code, *words) for code, words in pauses.IN_THEIR_WORDS.items()]
    own = {"token": token(person, [""])[""], "who": short_name(person.learner)}
    return render_to_string(
        "learners/overlays/home_pause.html", {"reasons": reasons, "thanks": told is not None, **own}
    )
