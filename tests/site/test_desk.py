"""The staff's front page: what waits first, own rows only, figures with their base, few queries."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from assessments.evaluation import services as evaluation
from assessments.evaluation.data import Figure, Scope, ScopeKind, Snapshot, Unit
from assessments.evaluation.measure.catalogue import MODEL
from assessments.models import Attempt, Item, Quiz, Response
from courses.models import Block, Lesson, LessonEdition, Module
from courses.publishing.services import publish_module
from feedback.models import ContentReport, PostReport, Question, Reaction, Reply
from learners.models import Cohort, Learner
from mooc.lib import registry
from mooc.lib.desk import DeskPanel, DeskRow
from mooc.lib.privacy import evidence
from tests import world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
NOW = timezone.now


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def owner(people: dict[str, Any]) -> Any:
    """The trainer of the course of the module ``window-light``."""
    module().course.trainers.add(people["trainer"])
    return people["trainer"]


@pytest.fixture
def stranger(make_user: Any) -> Any:
    """A trainer without a course."""
    return make_user("stranger", role="trainer")


@pytest.fixture
def learners(make_user: Any, regions: dict[str, Any]) -> list[Learner]:
    return [world.person(make_user, f"l{n}", regions["village"]) for n in range(4)]


def module(slug: str = world.SLUG) -> Module:
    return Module.objects.select_related("course", "draft", "published").get(slug=slug)


def page(user: Any) -> str:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    response = client.get("/admin/")
    assert response.status_code == 200
    return response.content.decode()


def panel(name: str, user: Any) -> DeskPanel:
    found = registry.desk_panel.providers[name](user)
    assert found is not None
    return found


def row(rows: tuple[DeskRow, ...], words: str) -> DeskRow:
    return next(row for row in rows if words in row.text)


# --- who sees what ----------------------------------------------------------------------------


TRAINERS = {"Questions for me", "My modules", "Quiz items most often missed", "What learners say"}
EVERYBODY = TRAINERS | {"My classes", "The board"}


@pytest.mark.parametrize(
    ("role", "titles"),
    [
        ("trainer", TRAINERS), ("helper", {"My classes"}), ("supervisor", {"The board"}), ("operator", EVERYBODY),
    ],
)  # fmt: skip
def test_each_role_has_its_own_work(people: dict[str, Any], role: str, titles: set[str]) -> None:
    text = page(people[role])
    assert {title for title in EVERYBODY if f">{title}</h2>" in text} == titles
    assert ('href="/supervision/"' in text) == ("The board" in titles)


def test_panels_stand_in_the_order_of_a_working_day(people: dict[str, Any]) -> None:
    text = page(people["operator"])
    order = [
        "Questions for me",
        "My modules",
        "Quiz items most",
        "What learners say",
        "My classes",
        "The board",
    ]
    places = [text.index(f">{title}") for title in order]
    assert places == sorted(places)


def test_the_lists_of_the_admin_are_below_and_folded(owner: Any) -> None:
    text = page(owner)
    below = text[text.index('<details class="lists">') :]
    assert "/admin/courses/module/" in below
    assert "/admin/feedback/question/" in below
    assert "What learners say" not in below


@evidence.writing("tend_posts", "reply_to")
def test_a_trainer_sees_nothing_of_the_courses_of_others(
    owner: Any, stranger: Any, learners: list[Learner]
) -> None:
    question = world.ask(learners[0], NOW() - 2 * DAY, text="Eggs break on the way")
    Reply.objects.create(uuid=uuid.uuid4(), question=question, learner=learners[1], text="Use foam")
    PostReport.objects.create(question=question, learner=learners[2], reason="rude")
    report("wrong", "The picture is wrong", learners[0])
    world.face(learners[0], 1, NOW())
    answers(learners * 3, [False] * 12)
    for name in ("queue", "modules", "items", "feedback"):
        assert panel(name, owner).rows, name
        assert panel(name, stranger).rows == (), name
    text = page(stranger)
    for words in ("Eggs break", "The picture is wrong", module().code, "neighbour", "Answer the first"):
        assert words not in text, words


# --- questions ----------------------------------------------------------------------------------


def test_the_overdue_stand_first_with_age_theme_and_a_button(owner: Any, learners: list[Learner]) -> None:
    world.ask(learners[0], NOW() - 3 * HOUR, text="Asked today")
    late = world.ask(learners[1], NOW() - 2 * DAY, text="Asked long ago", theme="open_shop")
    world.ask(learners[2], NOW() - 3 * DAY, after=HOUR, text="Answered")
    merged = world.ask(learners[2], NOW() - 3 * DAY, text="The same")
    Question.objects.filter(pk=merged.pk).update(merged_into=late)
    hidden = world.ask(learners[3], NOW() - 3 * DAY, text="Rude")
    Question.objects.filter(pk=hidden.pk).update(hidden_at=NOW())
    got = panel("queue", owner)
    assert got.lead == "2 questions wait, 1 is late."
    assert [(r.text, r.urgent) for r in got.rows] == [("Asked long ago", True), ("Asked today", False)]
    assert got.rows[0].notes == ("asked 2\xa0days ago", str(late.theme))
    assert (got.rows[0].tag, got.rows[1].tag) == ("1\xa0day late", "20\xa0hours left")
    assert got.first is not None
    assert got.first.href == got.rows[0].href == f"/admin/feedback/question/{late.pk}/change/"


def test_the_button_passes_over_what_somebody_else_is_writing(
    owner: Any, stranger: Any, learners: list[Learner]
) -> None:
    taken = world.ask(learners[0], NOW() - 2 * DAY)
    mine = world.ask(learners[1], NOW() - DAY)
    Question.objects.filter(pk=taken.pk).update(claimed_by=stranger, claimed_at=NOW())
    Question.objects.filter(pk=mine.pk).update(claimed_by=owner, claimed_at=NOW())
    got = panel("queue", owner)
    assert [r.notes[-1] for r in got.rows] == ["Stranger is writing", "you are writing"]
    assert got.first is not None
    assert got.first.href.endswith(f"/{mine.pk}/change/")


def test_only_the_first_five_are_shown_and_all_are_counted(owner: Any, learners: list[Learner]) -> None:
    for number in range(7):
        world.ask(learners[0], NOW() - number * HOUR, text=f"Question {number}")
    got = panel("queue", owner)
    assert [r.text for r in got.rows] == [f"Question {number}" for number in (6, 5, 4, 3, 2)]
    assert got.lead == "7 questions wait, none is late."


@evidence.writing("tend_posts", "reply_to")
def test_posts_that_wait_for_a_look_are_counted_with_the_way_to_them(
    owner: Any, learners: list[Learner]
) -> None:
    question = world.ask(learners[0], NOW() - DAY, after=HOUR)
    for held in (True, True, False):
        reply = Reply.objects.create(
            uuid=uuid.uuid4(), question=question, learner=learners[1], text="Try this", held=held
        )
    PostReport.objects.create(reply=reply, learner=learners[2], reason="wrong")
    PostReport.objects.create(question=question, learner=learners[2], reason="rude")
    PostReport.objects.create(question=question, learner=learners[3], reason="rude")
    Question.objects.filter(pk=question.pk).update(theme_source="unsure")
    got = panel("queue", owner)
    assert [(r.text, r.href) for r in got.rows] == [
        ("2 neighbours' answers wait to be let through", "/admin/feedback/reply/?held__exact=1"),
        ("1 neighbour's answer was reported", "/admin/feedback/reply/"),
        ("1 question was reported", "/admin/feedback/question/?state=reported"),
        ("1 question needs its theme said: one tap", "/admin/feedback/question/?state=unsure"),
    ]
    PostReport.objects.update(handled_at=NOW())
    Reply.objects.update(held=False)
    Question.objects.update(theme_source="")
    done = panel("queue", owner)
    assert (done.rows, done.first, done.lead, done.empty) == ((), None, "All answered.", "")


# --- modules --------------------------------------------------------------------------------------


def state() -> str:
    """What the page says of the module."""
    operator = type(
        "Operator", (), {"may": lambda self, right: True, "everywhere": lambda self, right: True}
    )()
    return row(panel("modules", operator).rows, module().code).tag


def test_a_draft_that_says_something_else_is_changed_and_as_published_it_is_not() -> None:
    assert state() == ""
    block = Block.objects.filter(lesson__edition=module().draft).latest("pk")
    before = block.body_zh
    Block.objects.filter(pk=block.pk).update(body_zh="另一句")
    assert state() == "changed since publishing"
    Block.objects.filter(pk=block.pk).update(body_zh=before)
    module().draft.save()  # type: ignore[union-attr]  # it has one; saved without a change
    assert state() == ""


@pytest.mark.parametrize("what", ["title", "lesson title", "block gone", "lesson gone", "lesson added"])
def test_any_change_of_the_draft_is_seen_until_it_is_published(what: str) -> None:
    draft: Any = module().draft
    lesson = draft.lessons.first()
    if what == "title":
        draft.title_en = "Another"
        draft.save()
    elif what == "lesson title":
        draft.lessons.filter(pk=lesson.pk).update(title_zh="另一课")
    elif what == "block gone":
        lesson.blocks.last().delete()
    elif what == "lesson gone":
        lesson.delete()
    else:
        new = Lesson.objects.create(module=module(), slug="new-lesson")
        made = LessonEdition.objects.create(
            edition=draft, lesson=new, position=3, title_zh="新", title_en="New", objective_zh="会",
            objective_en="Can", source_zh="源", source_en="Source",
        )  # fmt: skip
        Block.objects.create(lesson=made, kind="text", body_zh="字", body_en="Text")
    assert state() == "changed since publishing"
    publish_module(module=module())
    assert state() == ""


def test_a_module_that_was_never_published_or_was_withdrawn_is_a_draft() -> None:
    Module.objects.filter(slug=world.SLUG).update(published=None)
    assert state() == "draft, learners do not see it"


def snapshot(as_of: dt.datetime, *figures: Figure, slug: str = world.SLUG, region: str = "") -> None:
    evaluation.store([Snapshot(Scope(ScopeKind.MODULE, slug, region), as_of, MODEL, figures)])


def learnt(done: int, of: int) -> tuple[Figure, Figure]:
    return (
        Figure("enrolled", Unit.PEOPLE, float(of), of),
        Figure("completed", Unit.SHARE, done / of, done, of, 0.5242, 0.8572),
    )


def test_a_module_shows_its_newest_figures_with_base_and_likely_range(
    owner: Any, learners: list[Learner]
) -> None:
    midnight = evaluation.today_begins()
    snapshot(midnight - DAY, *learnt(1, 20))
    snapshot(midnight, *learnt(18, 25))
    snapshot(midnight, *learnt(5, 5), region="360321")
    world.ask(learners[0], NOW())
    got = panel("modules", owner)
    assert got.rows[0].notes == (
        "25 enrolled, finished: 72% (18 of 25 people; likely 52–86%)", "1 question waits",
    )  # fmt: skip
    assert got.lead.startswith(f"Figures up to {midnight:%B} {midnight.day};")


def test_before_the_first_night_it_says_when_figures_come(owner: Any) -> None:
    got = panel("modules", owner)
    assert got.lead.endswith("the first stand here tomorrow morning.")
    assert got.rows[0].notes == ("no figures yet",)


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ((Figure("enrolled", Unit.PEOPLE, None, hidden=True), Figure("completed", Unit.SHARE, None, hidden=True)),
         "fewer than 5 enrolled: too few to say more"),
        ((Figure("enrolled", Unit.PEOPLE, 0.0, 0), Figure("completed", Unit.SHARE, None, 0, 0)),
         "nobody enrolled yet"),
    ],
)  # fmt: skip
def test_too_few_people_are_no_share(owner: Any, figures: tuple[Figure, ...], words: str) -> None:
    snapshot(evaluation.today_begins(), *figures)
    assert panel("modules", owner).rows[0].notes == (words,)


def test_the_real_evaluation_is_what_the_page_shows(
    owner: Any, make_user: Any, regions: dict[str, Any]
) -> None:
    """Of the world counted by hand, 14 enrolled in the module and six finished it."""
    now = world.build(make_user, regions)["now"]
    evaluation.take_snapshot(Scope(ScopeKind.MODULE, world.SLUG), now)
    assert (
        "14 enrolled, finished: 43% (6 of 14 people; likely 21–67%)" in panel("modules", owner).rows[0].notes
    )


# --- items ----------------------------------------------------------------------------------------


@evidence.writing("answer_item")
def answers(
    learners: list[Learner], rights: list[bool], *, rest: int | None = 3, at: dt.datetime | None = None
) -> Item:
    """The module's first item answered so, one try each, with ``rest`` of five others right (open: None)."""
    quiz, item = Quiz.objects.get(module__slug=world.SLUG), module().items.order_by("pk")[0]
    at = at or NOW() - DAY
    for number, (learner, right) in enumerate(zip(learners, rights, strict=True)):
        if learner.attempts.exists():
            learner = Learner.objects.create()
        attempt = Attempt.objects.create(
            quiz=quiz, learner=learner, item_codes=item.code, total=6, right=(rest or 0) + right,
            finished_at=None if rest is None else at,
        )  # fmt: skip
        Response.objects.create(
            attempt=attempt,
            item=item,
            answer={"chosen": [1]},
            score=right,
            right=right,
            answered_at=at + number * HOUR / 3600,
        )
    return item


def guests(number: int) -> list[Learner]:
    return [Learner.objects.create() for _n in range(number)]


def test_an_item_shows_its_share_right_with_base_and_a_link(owner: Any) -> None:
    item = answers(guests(10), [True] * 4 + [False] * 6)
    (got,) = panel("items", owner).rows
    assert got.text == item.stem
    assert got.href == f"/admin/assessments/item/{item.pk}/change/"
    assert got.notes == ("right at the first try: 40% (4 of 10; likely 17–69%)", module().published.title)  # type: ignore[union-attr]  # it is published


@pytest.mark.parametrize("case", ["nine answers", "mostly right", "out of use", "too old"])
def test_what_needs_no_mending_or_says_too_little_is_not_listed(owner: Any, case: str) -> None:
    right, wrong = {"nine answers": (0, 9), "mostly right": (17, 3)}.get(case, (0, 20))
    at = NOW() - 91 * DAY if case == "too old" else None
    item = answers(guests(right + wrong), [True] * right + [False] * wrong, at=at)
    Item.objects.filter(pk=item.pk).update(live=case != "out of use")
    got = panel("items", owner)
    assert got.rows == ()
    assert got.empty.startswith("No item stands out.")


@evidence.writing("answer_item")
def test_only_the_first_answer_of_a_learner_counts(owner: Any) -> None:
    people = guests(10)
    answers(people, [False] * 10, at=NOW() - 2 * DAY)
    item = module().items.order_by("pk")[0]
    for learner in people:  # told the reason, they know it at the second try
        again = Attempt.objects.create(
            quiz=Quiz.objects.get(module__slug=world.SLUG), learner=learner, item_codes=item.code, total=6, right=6,
            finished_at=NOW(),
        )  # fmt: skip
        Response.objects.create(
            attempt=again, item=item, answer={"chosen": [1]}, score=1, right=True, answered_at=NOW()
        )
    assert "0% (0 of 10;" in panel("items", owner).rows[0].notes[0]


@pytest.mark.parametrize(
    ("rest_of_right", "rest_of_wrong", "advice"),
    [
        (1, 5, "Good learners miss it more than the others: the key may be wrong, check it first."),
        (3, 3, ""),  # all rest scores are one: nothing can be told
        (5, 1, "Those who know the rest get it right: see how the lesson explains it."),
    ],
)
def test_advice_comes_from_whether_the_item_tells_who_knows(
    owner: Any, rest_of_right: int, rest_of_wrong: int, advice: str
) -> None:
    answers(guests(15), [True] * 15, rest=rest_of_right)
    answers(guests(15), [False] * 15, rest=rest_of_wrong)
    assert list(panel("items", owner).rows[0].notes[2:]) == ([advice] if advice else [])


def test_an_item_that_good_learners_miss_too_says_check_key_and_wording(owner: Any) -> None:
    for right in (True, False):
        answers(guests(8), [right] * 8, rest=1)
        answers(guests(8), [right] * 8, rest=5)
    assert (
        panel("items", owner).rows[0].notes[2] == "Good learners miss it too: check the key and the wording."
    )


def test_under_thirty_finished_tries_nothing_is_said_of_good_learners(owner: Any) -> None:
    answers(guests(14), [True] * 14, rest=1)
    answers(guests(15), [False] * 15, rest=5)
    answers(guests(5), [False] * 5, rest=None)  # still open: how they know the rest is not known
    assert len(panel("items", owner).rows[0].notes) == 2


# --- what learners say ------------------------------------------------------------------------------


@evidence.writing("report_content")
def report(kind: str, text: str, learner: Learner, *, lesson: bool = True) -> ContentReport:
    where = world.lessons_of()[0].lesson if lesson else None
    return ContentReport.objects.create(kind=kind, text=text, learner=learner, lesson=where)


@evidence.writing("report_content")
@evidence.writing("react")
def test_reports_wishes_and_faces_in_words(owner: Any, learners: list[Learner]) -> None:
    report("wrong", "The picture is wrong", learners[0])
    done = report("old", "Long dealt with", learners[1])
    ContentReport.objects.filter(pk=done.pk).update(done=True)
    for _n in range(2):
        report("wish", "Sending live fish", learners[2], lesson=False)
    report("complaint", "Somebody took money", learners[3], lesson=False)
    for learner, which in zip((*learners, *guests(2)), (3, 3, 2, 1, 3, 3), strict=True):
        world.face(learner, which, NOW())
    Reaction.objects.filter(learner=learners[0]).update(updated_at=NOW() - 8 * DAY)
    got = panel("feedback", owner)
    assert got.lead == "1 report on lessons is open."
    assert [r.text for r in got.rows] == [
        "The picture is wrong", "2 wishes: “I want to learn …”", module().published.title,  # type: ignore[union-attr]  # as above
    ]  # fmt: skip
    assert got.rows[0].tag == "Something is wrong"
    assert got.rows[0].notes[0] == world.lessons_of()[0].title
    assert got.rows[2].notes == ("faces of seven days: 3 good, 1 so-so, 1 not good",)


def test_of_fewer_than_five_faces_nothing_is_said(owner: Any, learners: list[Learner]) -> None:
    for learner in learners:
        world.face(learner, 1, NOW())
    assert panel("feedback", owner).rows == ()


def test_complaints_are_the_operators(people: dict[str, Any], owner: Any, learners: list[Learner]) -> None:
    report("complaint", "Somebody took money", learners[0], lesson=False)
    assert "Somebody took money" in page(people["operator"])
    assert "Somebody took money" not in page(owner)


# --- classes ------------------------------------------------------------------------------------------


@evidence.writing("join_cohort")
def test_a_helper_sees_the_running_classes_of_the_own_place(
    people: dict[str, Any], regions: dict[str, Any], learners: list[Learner]
) -> None:
    today = timezone.localdate()
    for title, place, ends in (
        ("Ours", "village", today), ("Over", "village", today - DAY), ("Theirs", "county2", today),
    ):  # fmt: skip
        cohort = Cohort.objects.create(
            title=title,
            trainer=people["trainer"],
            region=regions[place],
            starts_on=today - 9 * DAY,
            ends_on=ends,
        )
        cohort.members.create(learner=learners[0])
        cohort.members.create(learner=learners[1], left_at=NOW())
    (got,) = panel("classes", people["helper"]).rows
    assert (got.text, got.notes[:2]) == ("Ours", ("village", "1 person"))
    assert Client().get(got.href).status_code == 302  # a page of its own, behind sign-in


# --- links, queries -------------------------------------------------------------------------------------


@evidence.writing("tend_posts", "reply_to", "react")
def fill(learners: list[Learner], times: int) -> None:
    """Something in every panel, ``times`` over."""
    for number in range(times):
        question = world.ask(learners[0], NOW() - number * HOUR)
        Reply.objects.create(uuid=uuid.uuid4(), question=question, learner=learners[1], text="So")
        PostReport.objects.create(question=question, learner=learners[2], reason="rude")
        Question.objects.filter(pk=question.pk).update(theme_source="unsure")
        report("wrong", "Wrong", learners[0])
        report("wish", "Fish", learners[0], lesson=False)
    answers(guests(20 * times), [True] * 10 * times + [False] * 10 * times)
    for learner in learners:
        Reaction.objects.get_or_create(learner=learner, module=module(), defaults={"face": 3})
    evaluation.take_snapshot(Scope(ScopeKind.MODULE, world.SLUG), NOW())


def test_every_link_leads_to_a_page(owner: Any, learners: list[Learner]) -> None:
    fill(learners, 2)
    client = Client()
    client.force_login(owner)
    found = set()
    for name in ("queue", "modules", "items", "feedback"):
        got = panel(name, owner)
        found |= {r.href for r in got.rows} | {link.href for link in (got.first, got.more) if link}
    assert len(found) > 8
    assert {href: client.get(href).status_code for href in found} == dict.fromkeys(found, 200)


def test_the_page_costs_few_queries_and_as_many_at_ten_times_the_rows(
    people: dict[str, Any], owner: Any, learners: list[Learner]
) -> None:
    clients = [Client(), Client()]
    for client, user in zip(clients, (owner, people["operator"]), strict=True):
        client.force_login(user)
    counts = []
    for times in (2, 20):
        fill(learners, times)
        if times == 20:
            call_command("scale_data", learners=60, verbosity=0)
        for client in clients:
            client.get("/admin/")
            with CaptureQueriesContext(connection) as queries:
                assert client.get("/admin/").status_code == 200
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 25, counts
