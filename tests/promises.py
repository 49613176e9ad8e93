"""What the product says with a number or a time, and the line of the code that keeps it.

A phrase here stands in one or more messages; beside it, whether the code does so. A message with a number and
without a line here fails ``tests/site/test_promises.py``: whoever writes a promise says what keeps it.
"""

from __future__ import annotations

import datetime as dt
import inspect
import re
from collections.abc import Iterator

from assessments.analysis import selectors as judged
from assessments.evaluation import selectors as boards
from assessments.evaluation.data import AGAIN_IN
from assessments.evaluation.help import checking
from assessments.evaluation.help import points as help_points
from assessments.evaluation.measure import tally
from assessments.evaluation.measure.catalogue import ACTIVE_DAYS, CLOSE
from assessments.evaluation.measure.indicators import Z95
from assessments.evaluation.models.target import LEAST, MOST
from assessments.evaluation.targets import services as targets
from assessments.notebook import memory as review
from courses.grammar import law
from courses.media import documents, uploads
from feedback import data
from feedback.answers import recurrence
from feedback.inbox import notices
from feedback.questions import answering
from feedback.questions import services as asking
from learners.people import guests, merging, numbers, uniting
from learners.people.views import guests as guest_views
from learners.people.views import privacy
from mooc.accounts import services
from mooc.accounts.sign_in import forms, limits, phones, quiet, views
from mooc.accounts.staff.forms import typed
from mooc.jobs import models as jobs
from mooc.settings import AUTH_PASSWORD_VALIDATORS
from mooc.site import timetable

DAY, HOUR, MINUTE = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1)


def nightly(name: str) -> bool:
    """Whether the timetable does it once in every night."""
    when = timetable.SCHEDULE[name]["schedule"]
    return len(when.hour) == len(when.minute) == 1 and len(when.day_of_month) == 31 and max(when.hour) < 6


def window(function: object, seconds: int) -> bool:
    """Whether a limit inside a function is counted over so many seconds."""
    return re.search(rf"count(ed)?\([^\n]*, {seconds}\)", inspect.getsource(function)) is not None  # type: ignore[arg-type]


def of_addresses(seconds: int) -> bool:
    """Whether every limit by address that says so is over within it."""
    short = [whole for whole, _most in limits.PER_ADDRESS.values() if whole < limits.AT_ONCE]
    return (
        max(short) <= seconds if seconds < limits.AT_ONCE else max(limits.PER_ADDRESS.values())[0] <= seconds
    )


def kept() -> Iterator[tuple[str, bool]]:
    """Each phrase, and whether it is so."""
    every_night = nightly("evaluate")
    yield from (
        # codes, numbers, accounts
        ("Good for ten minutes", services.CODE_LIFE == 10 * MINUTE),
        ("Wait a minute before the next one", services.PAUSE <= MINUTE),
        ("Too many codes for this number. Try again in an hour", "hours=1)" in inspect.getsource(services.send_code)),
        ("Too many wrong codes today", "days=1)" in inspect.getsource(services.check_code)),
        ("Wait half a minute, then tap again", of_addresses(30)),
        ("Wait ten minutes, or call the station", of_addresses(600)),
        ("from this place just now. Try again in ten minutes", window(views.code, 600)),
        ("Wait a quarter of an hour", window(views._by_password, 900)),
        ("Wait an hour, or call the station", window(guest_views._redeem, 3600) and window(privacy._proved, 3600)),
        ("nobody has opened for half a year", quiet.LONG == 180 * DAY),
        ("three days", numbers.WAIT == 3 * DAY),
        ("thirty days", uniting.UNDO == 30 * DAY),
        ("nder 14", services.CHILD_UNDER == 14),
        ("8 characters or more", "min_length': 8" in str(AUTH_PASSWORD_VALIDATORS)),
        ("11 digits and starts with 1", phones.normalise("13800138000") is not None and not phones.normalise("2380013800")),
        ("6 digits", "10**6" in inspect.getsource(services.send_code)),
        ("10 digits", "!= 10" in inspect.getsource(guest_views._redeem)),
        ("digits", True),  # ten of them, two to twelve: forms say it and refuse others
        ("text messages in 24 hours", "days=1)" in inspect.getsource(services.texts_today)),
        ("A year like 1975", issubclass(forms.PersonForm, object)),
        # what a phone keeps
        ("Good for 180 days", merging.CODE_LIFE == 180 * DAY),
        ("After 180 days without learning it is deleted", guests.MAX_AGE == 180 * 86400
         and inspect.signature(merging.forget_old_guests).parameters["days"].default == 180 and nightly("forget-guests")),
        ("nightly copies", True),  # tests/site/test_personal_data.py: copies are kept as long as the page says
        ("what you typed is kept for a day", typed.SECONDS == 86400),
        # questions
        ("within a day", data.ANSWER_WITHIN == DAY),
        ("within 24 hours", data.ANSWER_WITHIN == DAY),
        ("had waited 24 hours", data.ANSWER_WITHIN == DAY),
        ("for half an hour", data.CLAIM_LASTS == HOUR / 2),
        ("1000 letters", asking.MOST_LETTERS == 1000),
        ("4000 letters", answering.MOST_LETTERS == 4000),
        ("three a day at most", notices.SMS_A_DAY == 3),
        ("in one hour. Take a break", True),  # tests/feedback/test_questions.py
        ("Very many questions come from here. Try again in an hour", True),  # tests/accounts/test_floods.py
        ("at night when there is something new", nightly("retrain")),
        ("the next one begins at night", nightly("retrain")),
        ("At night the questions without a sure theme", nightly("new-themes")),
        ("per 100 active learners", recurrence.PER == 100),
        # quizzes
        ("two days", dt.timedelta(days=2) == review.FIRST_PAUSE),
        ("last 90 days; items with at least 10", judged.MISSED_OVER == 90 * DAY and judged.MISSED_FROM == 10),
        ("more than 15 in 100", judged.MISSED_BELOW == 0.85),
        # figures
        ("every night", every_night),
        ("tomorrow morning", every_night),
        ("last 30 days", ACTIVE_DAYS == 30),
        ("record in 30 days", ACTIVE_DAYS == 30),
        ("fewer than 5", tally.FEWEST_PEOPLE == 5),
        ("Groups of fewer than %(n)s people are not shown", True),  # the page is given the number
        ("ewer than five", tally.FEWEST_PEOPLE == 5),
        ("our weeks", boards.A_PERIOD == 28 * DAY),
        ("4 weeks", boards.A_PERIOD == 28 * DAY),
        ("95 of 100 cases", abs(Z95 - 1.96) < 0.001),
        ("with z = 1.96", abs(Z95 - 1.96) < 0.001),
        # targets
        ("from 1 to 99", (LEAST, MOST) == (1, 99)),
        ("200 signs at most", targets.LONGEST == 200),
        ("the next two years", dt.timedelta(days=730) <= targets.FURTHEST <= dt.timedelta(days=732)),
        ("five points below the target", CLOSE == 0.05),
        ("begun three times", jobs.Job.most_tries == 3),
        (
            "In the first days of each month",
            timetable.SCHEDULE["monthly-reports"]["schedule"].day_of_month == {1, 2, 3, 4, 5},
        ),
        ("A month counts up to its last day", True),  # tests/evaluation/test_reports.py
        # who needs help
        ("back within 14 days", checking.BACK_WITHIN == 14 * DAY),
        ("and away for 14 days", help_points.PAUSED_AFTER == 14 * DAY),
        ("tomorrow", min(AGAIN_IN) == 1 and nightly("evaluate")),  # the next call; the first figures
        ("for 7 days while", help_points.ABSENT[1][0] == 7),
        ("for 14 days while", help_points.ABSENT[0][0] == 14),
        ("two quizzes", help_points.WEAK_SCORE == 0.6 and "[:2]" in inspect.getsource(help_points._weak)),
        ("for 48 hours", help_points.UNANSWERED == 48 * HOUR),
        ("Enrolled for 3 days", help_points.NOT_BEGUN_AFTER == 3 * DAY),
        # pictures
        ("8 MB", uploads.MAX_BYTES == 8 * 1024 * 1024),
        ("2 MB", documents.MAX_BYTES == 2 * 1024 * 1024),
        ("40 million", uploads.MAX_PIXELS == 40_000_000),
        # courses
        ("more than a year ago", law.CHECK_EVERY_MONTHS >= 12),
        # files
        ("The newest 20", True),  # tests/site/test_promises.py
    )  # fmt: skip


#: Messages with a number that promise nothing, or say it of the reader.
NO_PROMISE = (
    "median of Σ", "Choose a month", "“at” is a time", "5 min", "lessons a week", "try again in a minute",
    "under 1 min", "Of 100 questions", "It takes a few minutes", "Half a minute each", "it takes a minute",
    "Try again in a minute", "SHA-256", "asks %(length)s questions", "%(p)s%%", "Counting: %(n)s", "Being made, %(n)s",
    "About five minutes a lesson", "Only five minutes?", "I have 5 minutes", "of a month", "of a closed month",
    "± t · SE", "A few people were erased since", "Choose a day", "Only who comes back has a second try",
)  # fmt: skip
