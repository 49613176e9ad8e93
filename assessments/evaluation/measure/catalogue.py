"""The evaluation model: which figures there are, what each means in plain words, how it is computed,
which target it has. The page ``/model/`` prints this list; nothing is computed elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..data import Figure, Light, ScopeKind, Unit

MODEL = "2"  # of this list and its formulas; kept with every snapshot
ALL = (ScopeKind.REGION, ScopeKind.COHORT, ScopeKind.COURSE, ScopeKind.MODULE)
PEOPLE_GROUPS = (ScopeKind.REGION, ScopeKind.COHORT)
ACTIVE_DAYS = 30
NOBODY = _("nobody enrolled yet")
NO_RETRY = _("no quiz taken twice yet")


class Surface(StrEnum):
    """Where figures are seen. Those with a target stand among the lights of board and paper besides."""

    SENTENCE = "sentence"  # the sentence a board begins with
    FUNNEL = "funnel"  # from having an account to finishing
    FACTS = "facts"  # the board's other figures
    PAPER_LEARNING = "paper_learning"
    PAPER_ANSWERING = "paper_answering"
    SUBJECTS = "subjects"  # breakdowns: one row a subject
    THEMES = "themes"  # one row a theme


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of the evaluation model.

    :param title: and ``meaning``: for people who never saw a formula. :param formula: in words and signs.
    :param numerator: and ``denominator``: names of counts in a tally. :param people: the count that must
        not be small, where it is another than the figure's own base.
    :param target: the value to reach; ``None`` where there is none.
    :param parts: whether it is a breakdown: one figure for each theme or subject.
    :param rows: which list stands behind it (:mod:`.lists`).
    :param nothing: what to say where there is nothing to divide by yet.
    :param on: where it stands, and as which from the front, beginning with 1.
    :param step: its title as a step of the funnel, which counts heads: a rate's title would be wrong there.
    """

    code: str
    unit: str
    title: Promise
    meaning: Promise
    formula: Promise
    numerator: str = ""
    denominator: str = ""
    people: str = ""
    target: float | None = None
    parts: bool = False
    kinds: tuple[str, ...] = ALL
    rows: str = "people"
    nothing: Promise = NOBODY
    on: Mapping[Surface, int] = field(default_factory=dict)
    step: Promise | None = None


CATALOGUE: tuple[Indicator, ...] = (
    Indicator(
        "registered", Unit.PEOPLE, _("Have an account"),
        _("People of this place or class who have an account."),
        _("n(accounts)"), numerator="registered", kinds=PEOPLE_GROUPS,
        on={Surface.FUNNEL: 1}, step=_("Account"),
    ),
    Indicator(
        "enrolled", Unit.PEOPLE, _("Enrolled"),
        _("People, each counted once, who were put in by a class, or learnt while signed in."),
        _("n(people with ≥ 1 enrolment)"), numerator="enrolled",
        on={Surface.FUNNEL: 2, Surface.SENTENCE: 1}, step=_("Enrolled"),
    ),
    Indicator(
        "people", Unit.PEOPLE, _("People who learnt"),
        _("People, each counted once, who did something themselves: opened a lesson, answered, asked."),
        _("n(people with ≥ 1 learning record of their own)"), numerator="people",
        on={Surface.SENTENCE: 2},
    ),
    Indicator(
        "attendances", Unit.ATTENDANCES, _("Attendances"),
        _(
            "Every person once for each module in which they did something themselves. Never used as the base of a "
            "rate about people."
        ),
        _("n(person × module with ≥ 1 learning record of their own)"), numerator="attendances", people="attenders",
        rows="enrolments", nothing=_("nobody has done anything yet"),
        on={Surface.FACTS: 1},
    ),
    Indicator(
        "placed", Unit.PLACES, _("Placed by a class, not begun"),
        _("Modules a class put people in, where they have done nothing yet. In no other figure of what people did."),
        _("n(person × module enrolled by a class, without a record of their own)"), numerator="placed",
        people="placed_people", rows="enrolments",
        on={Surface.FACTS: 2},
    ),
    Indicator(
        "active", Unit.SHARE, _("Active in the last 30 days"),
        _("Of the enrolled, how many did something in the last 30 days."),
        _("n(enrolled with a record in 30 days) ÷ n(enrolled)"), numerator="active", denominator="enrolled",
        on={Surface.FACTS: 3},
    ),
    Indicator(
        "started", Unit.SHARE, _("Finished a lesson"),
        _("Of the enrolled, how many read at least one lesson to its end."),
        _("n(enrolled with ≥ 1 lesson finished) ÷ n(enrolled)"), numerator="started", denominator="enrolled",
        on={Surface.FUNNEL: 3, Surface.SENTENCE: 3}, step=_("Finished a lesson"),
    ),
    Indicator(
        "passed", Unit.SHARE, _("Passed at least one quiz"),
        _("Of all enrolled, not only of those who took it, how many passed at least one quiz."),
        _("n(enrolled with ≥ 1 quiz passed) ÷ n(enrolled)"), numerator="passed", denominator="enrolled",
        target=0.80,
        on={Surface.FUNNEL: 4, Surface.SENTENCE: 4}, step=_("Passed a quiz"),
    ),
    Indicator(
        "completed", Unit.SHARE, _("Finished at least one module"),
        _("Of the enrolled, how many finished at least one module: all its lessons, and its quiz where it has one."),
        _("n(enrolled with ≥ 1 module completed) ÷ n(enrolled)"), numerator="completed",
        denominator="enrolled",
        on={Surface.FUNNEL: 5, Surface.SENTENCE: 5}, step=_("Finished a module"),
    ),
    Indicator(
        "graduated", Unit.SHARE, _("Finished the class"),
        _(
            "Of those who were in a class, how many finished all that it requires: every one of its modules, with its "
            "quiz. A module finished before joining counts, if another was finished in the class."
        ),
        _("n(members with every module of the class completed) ÷ n(members of classes that have begun)"),
        numerator="graduated", denominator="members", target=0.70, kinds=PEOPLE_GROUPS, rows="members",
        nothing=_("nobody was in a class yet"),
        on={Surface.SENTENCE: 6},
    ),
    Indicator(
        "completed_all", Unit.SHARE, _("Finished all they enrolled in"),
        _("Of the enrolled, how many finished every module they are enrolled in."),
        _("n(enrolled with every enrolment completed) ÷ n(enrolled)"), numerator="completed_all",
        denominator="enrolled", kinds=(ScopeKind.REGION, ScopeKind.COURSE),
        on={Surface.FACTS: 4},
    ),
    Indicator(
        "attendances_completed", Unit.SHARE, _("Attendances that ended in completion"),
        _("Of all attendances, how many ended with the module finished."),
        _("n(attendances completed) ÷ n(attendances)"), numerator="attendances_completed",
        denominator="attendances", people="attenders", rows="enrolments", nothing=_("nobody has done anything yet"),
        on={Surface.FACTS: 5},
    ),
    Indicator(
        "minutes", Unit.MINUTES, _("Minutes learnt (median)"),
        _("Half learnt longer, half shorter. Only time the page was seen counts, idle time is cut."),
        _("median of Σ visible seconds ÷ 60, over people with a lesson opened"), rows="minutes",
        on={Surface.FACTS: 6, Surface.PAPER_LEARNING: 4},
    ),
    Indicator(
        "first_score", Unit.SCORE, _("Score at the first try"),
        _("The mean first score of everybody who took a quiz that somebody took again."),
        _("Σ(second tries × mean(first score of all takers)) ÷ n(second tries), quiz by quiz"), rows="retries",
        nothing=NO_RETRY,
        on={Surface.FACTS: 7, Surface.PAPER_LEARNING: 1},
    ),
    Indicator(
        "second_score", Unit.SCORE, _("Score at the second try"),
        _("The mean score of those who took a quiz again, at their second try."),
        _("mean(second score)"), rows="retries", nothing=NO_RETRY,
        on={Surface.FACTS: 8, Surface.PAPER_LEARNING: 2},
    ),
    Indicator(
        "retry_difference", Unit.DIFFERENCE, _("Second try against first tries"),
        _(
            "By how many points second tries are better than the first try of everybody at the same quiz. It does not "
            "say what was learnt: who tries again has seen the questions. While the likely range holds 0, chance alone "
            "could explain it."
        ),
        _(
            "mean(second score − mean(first score of all who took the quiz)), range: Poisson bootstrap by person, "
            "± t · SE (Hanley & MacGibbon 2006)"
        ),
        rows="retries", nothing=NO_RETRY,
        on={Surface.FACTS: 9, Surface.PAPER_LEARNING: 3},
    ),
    Indicator(
        "satisfaction", Unit.SHARE, _("Satisfied"),
        _("Of the faces tapped after finishing a module, how many are the glad one."),
        _("n(“good”) ÷ n(reactions to completed modules)"), numerator="satisfied", denominator="reacted",
        people="reactors", target=0.85, rows="reactions", nothing=_("no rating yet"),
    ),
    Indicator(
        "response_rate", Unit.SHARE, _("Response rate"),
        _("Of all finished modules, after how many a face was tapped. Few faces prove little."),
        _("n(reactions to completed modules) ÷ n(attendances completed)"), numerator="reacted",
        denominator="attendances_completed", people="completed", target=0.85, rows="reactions",
        nothing=_("no module finished yet"),
    ),
    Indicator(
        "questions", Unit.QUESTIONS, _("Questions asked"),
        _("Questions learners sent."),
        _("n(questions)"), numerator="questions", people="askers", rows="questions",
        on={Surface.FACTS: 10, Surface.PAPER_ANSWERING: 1},
    ),
    Indicator(
        "hours_to_answer", Unit.HOURS, _("Half answered within"),
        _(
            "The median time until a teacher answered, or the asker said that a neighbour's answer solved it: half "
            "were faster, half slower."
        ),
        _("median(answered − asked), answered questions"), people="askers", rows="questions",
        on={Surface.FACTS: 11, Surface.PAPER_ANSWERING: 2},
    ),
    Indicator(
        "answered_in_time", Unit.SHARE, _("Answered in time"),
        _("Of the questions that were answered or due, how many had an answer within 24 hours."),
        _("n(answered by the due time) ÷ n(due or answered)"), numerator="in_time", denominator="due",
        people="askers", target=0.90, rows="questions", nothing=_("no question due yet"),
        on={Surface.PAPER_ANSWERING: 3},
    ),
    Indicator(
        "solved_by_known", Unit.QUESTIONS, _("Solved by a known answer"),
        _("How often somebody was about to ask and an answered question solved it."),
        _("n(“this solved it” before posting)"), numerator="deflected", people="spared", rows="deflections",
        on={Surface.FACTS: 12, Surface.PAPER_ANSWERING: 4},
    ),
    Indicator(
        "completed_in", Unit.SHARE, _("Finished at least one module, by subject"),
        _("Of those enrolled in a subject, how many finished at least one of its modules."),
        _("n(enrolled in the subject with ≥ 1 module completed) ÷ n(enrolled in it)"),
        numerator="category_completed", denominator="category_enrolled", parts=True, kinds=PEOPLE_GROUPS,
        on={Surface.SUBJECTS: 1},
    ),
    Indicator(
        "retry_difference_in", Unit.DIFFERENCE, _("Second try against first tries, by subject"),
        _("The same at the quizzes of one subject."),
        _("as above, quizzes of the subject"), parts=True, kinds=PEOPLE_GROUPS, rows="retries", nothing=NO_RETRY,
        on={Surface.SUBJECTS: 2},
    ),
    Indicator(
        "questions_on", Unit.QUESTIONS, _("Questions, by theme"),
        _("What is asked about. A question without a theme stands under “No theme yet”."),
        _("n(questions of the theme), of n(questions)"), numerator="theme", denominator="questions",
        people="askers", parts=True, rows="questions",
        on={Surface.THEMES: 1},
    ),
)  # fmt: skip
_frozen: ContextVar[Mapping[str, float] | None] = ContextVar("targets", default=None)
BY_CODE = {indicator.code: indicator for indicator in CATALOGUE}
SHIPPED = {line.code: line.target for line in CATALOGUE if line.target is not None}
NO_THEME = "none"
CLOSE = 0.05  # of a share: five points


def standing_on(surface: Surface) -> tuple[str, ...]:
    """Codes of the indicators that stand there, in their order."""
    found = [indicator for indicator in CATALOGUE if surface in indicator.on]
    return tuple(one.code for one in sorted(found, key=lambda one: one.on[surface]))


def indicator_of(code: str) -> Indicator | None:
    """The line of the model a figure belongs to."""
    return BY_CODE.get(code.split(":")[0])


def target_of(indicator: Indicator | None) -> float | None:
    """The value to reach: inside :func:`targets_of` by those targets, elsewhere by those the model ships with."""
    frozen = _frozen.get()
    if indicator is None:
        return None
    return indicator.target if frozen is None else frozen.get(indicator.code)


@contextmanager
def targets_of(frozen: Mapping[str, float] | None) -> Iterator[None]:
    """Judge by these targets (:mod:`..targets.selectors` reads them); ``None``: by those the model ships with."""
    token = _frozen.set(frozen)
    try:
        yield
    finally:
        _frozen.reset(token)


def light_of(figure: Figure) -> Light:
    """How a figure stands to its target.

    *Met*: the whole likely range is at the target or above. *Met, not yet sure*: the figure is, and the range
    begins below it, so that chance alone could have lifted it. *Close*: at most five points below it. *Unsure*:
    further below, but the range reaches it, so that chance alone could part them.
    """
    indicator = indicator_of(figure.code)
    target = target_of(indicator)
    if target is None:
        return Light.NONE
    if figure.value is None:
        return Light.FEW
    if figure.value >= target:
        return Light.MET_UNSURE if figure.low is not None and figure.low < target else Light.MET
    if round(target - figure.value, 4) <= CLOSE:
        return Light.NEAR
    reaches = figure.high is not None and figure.high >= target
    return Light.UNSURE if reaches else Light.MISSED
