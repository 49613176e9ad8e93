"""A villager learns: lessons, records, summaries, quizzes, the notebook."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments import scoring
from assessments.bank import editions
from assessments.kinds import KINDS
from assessments.kinds.base import Option, by_id
from assessments.models import Attempt, Item, Quiz, Response, ReviewCard
from assessments.quiz import services as assessments
from courses.models import LessonEdition, Module
from learners import services
from learners.models import Enrolment, Learner, LearningRecord, LessonProgress
from learners.people import guests, merging
from learners.record import rebuilding, summaries
from learners.record.recording import Stored
from mooc.lib.errors import Conflict, DomainError
from mooc.lib.privacy import evidence
from tests.acts import answer_next, choice_of, hidden, post, read_lesson, take_quiz

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]


def quiz() -> Quiz:
    return Quiz.objects.get(module__slug="window-light")


def lesson(slug: str = "borrow-the-window") -> LessonEdition:
    return LessonEdition.objects.select_related("lesson", "edition__module").get(
        lesson__slug=slug, edition__published_of__isnull=False
    )


def test_a_guest_finishes_a_module_without_signing_in(client: Client) -> None:
    assert read_lesson(client, "borrow-the-window").headers["Location"] == "/lessons/clean-ground/"
    assert read_lesson(client, "clean-ground").headers["Location"] == "/modules/window-light/quiz/"
    take_quiz(client, quiz().pk)
    enrolment = Enrolment.objects.get()
    assert enrolment.completed_at is not None
    assert (enrolment.lessons_done, enrolment.best_score) == (2, 1.0)
    assert enrolment.enrolled_at is None  # a phone is no person and is not counted as enrolled
    assert enrolment.learner.is_guest


def test_reading_alone_does_not_complete_a_module_that_wants_its_quiz(client: Client) -> None:
    read_lesson(client, "borrow-the-window")
    read_lesson(client, "clean-ground")
    assert Enrolment.objects.get().completed_at is None


def test_the_quiz_before_the_lessons_completes_with_the_last_lesson(client: Client) -> None:
    take_quiz(client, quiz().pk)
    read_lesson(client, "borrow-the-window")
    assert Enrolment.objects.get().completed_at is None
    read_lesson(client, "clean-ground")
    assert Enrolment.objects.get().completed_at is not None


def test_too_many_wrong_answers_do_not_pass(client: Client) -> None:
    take_quiz(client, quiz().pk, wrong=2)
    attempt = Attempt.objects.get()
    assert (attempt.passed, attempt.right, attempt.total) == (False, 4, 6)
    assert LearningRecord.objects.filter(verb="failed").count() == 1
    assert Enrolment.objects.get().quiz_passed_at is None


def test_opening_a_page_stores_nothing_and_sets_no_cookie(client: Client) -> None:
    for path in (
        "/",
        "/modules/",
        "/modules/window-light/",
        "/lessons/borrow-the-window/",
        f"/quizzes/{quiz().pk}/",
    ):
        assert client.get(path).cookies == {}
    assert not Learner.objects.exists()


def test_a_double_tap_counts_once(client: Client) -> None:
    read_lesson(client, "borrow-the-window")
    read_lesson(client, "borrow-the-window")
    assert LearningRecord.objects.filter(verb="completed", object_type="lesson").count() == 1


def test_the_first_answer_to_an_item_stands(client: Client) -> None:
    first = answer_next(client, quiz().pk, right=False)
    attempt, code = Attempt.objects.get(), first.headers["Location"].split("/")[-2]
    right = [o.pk for o in Item.objects.get(code=code).options.filter(right=True)]
    data = {"attempt": str(attempt.uuid), "item": code, "choice": right}
    again = post(client, f"/quizzes/{quiz().pk}/answer/", data)
    assert again.headers["Location"] == first.headers["Location"]
    assert list(Response.objects.values_list("right", flat=True)) == [False]
    assert LearningRecord.objects.filter(verb="answered").count() == 1


def test_two_tabs_continue_one_try(client: Client) -> None:
    learner = Learner.objects.create()
    codes = list(quiz().live_codes())
    for attempt_id in (uuid.uuid4(), uuid.uuid4()):
        attempt = assessments.start_attempt(learner=learner, quiz=quiz(), attempt_id=attempt_id)
    assert Attempt.objects.count() == 1
    assert sorted(attempt.item_codes.split()) == sorted(codes)


def test_a_key_mended_in_the_admin_judges_the_next_answer(client: Client, make_user: Any) -> None:
    first = answer_next(client, quiz().pk)
    boss = Client()
    boss.force_login(make_user("boss", is_superuser=True, is_staff=True))
    item = Item.objects.get(code=hidden(client.get(f"/quizzes/{quiz().pk}/").content.decode(), "item"))
    options = list(item.options.all())
    form = {
        "code": item.code, "module": item.module_id, "kind": "single", "live": "on", "position": item.position,
        "stem_zh": item.stem_zh, "stem_en": item.stem_en, "why_zh": item.why_zh, "why_en": item.why_en,
        "options-TOTAL_FORMS": 3, "options-INITIAL_FORMS": 0,
    }  # fmt: skip
    item.options.all().delete()
    for place, right in enumerate((False, False, True)):
        form |= {f"options-{place}-text_zh": f"甲{place}", f"options-{place}-text_en": f"a{place}",
                 f"options-{place}-position": place}  # fmt: skip
        form |= {f"options-{place}-right": "on"} if right else {}
    assert boss.post(f"/admin/assessments/item/{item.pk}/change/", form).status_code == 302, options
    good = item.options.get(right=True)
    data = {"attempt": str(Attempt.objects.get().uuid), "item": item.code, "choice": good.pk}
    assert post(client, f"/quizzes/{quiz().pk}/answer/", data).status_code == first.status_code == 302
    assert Response.objects.get(item=item).right


@pytest.mark.parametrize(
    "change",
    [
        {"choice": []}, {"choice": ["999999"]}, {"choice": ["x"]}, {"item": "T02-1"}, {"item": ""}, {"item": "\x00"},
        {"attempt": "not-a-uuid"}, {"attempt": ""}, {"choice": ["1" * 500]},
    ],
)  # fmt: skip
def test_a_bad_answer_gets_a_sentence_and_changes_nothing(client: Client, change: dict[str, Any]) -> None:
    attempt = uuid.uuid4()
    data = {"attempt": str(attempt), "item": "T01-1", "choice": ["1"]} | change
    answer = post(client, f"/quizzes/{quiz().pk}/answer/", data)
    assert answer.status_code == 400
    assert not Response.objects.exists()
    assert not LearningRecord.objects.exists()


def test_another_ones_try_is_not_there(client: Client) -> None:
    take_quiz(client, quiz().pk)
    attempt = Attempt.objects.get()
    code = attempt.item_codes.split()[0]
    stranger = Client()
    for path in (
        f"/quizzes/{quiz().pk}/tries/{attempt.uuid}/",
        f"/quizzes/{quiz().pk}/tries/{attempt.uuid}/{code}/",
    ):
        assert client.get(path).status_code == 200
        assert stranger.get(path).status_code == 404
    data = {"attempt": str(attempt.uuid), "item": code, "choice": ["1"]}
    assert post(stranger, f"/quizzes/{quiz().pk}/answer/", data).status_code == 400
    assert Response.objects.count() == 6


def arranged(item: Item) -> list[Option]:
    """The answers to choose as a new try shows them."""
    options = editions.options_now(item)
    ids = KINDS[item.kind].arrange([option.pk for option in options], scoring.seed(uuid.uuid4(), item.code))
    return by_id(options, ids)


def test_true_stands_before_not_true_whatever_the_try() -> None:
    for item in Item.objects.filter(kind="truefalse").prefetch_related("options"):
        for _try in range(20):
            assert [option.text_en for option in arranged(item)] == ["True", "Not true"]
    single = Item.objects.filter(kind="single").prefetch_related("options").first()
    assert single
    assert len({tuple(option.pk for option in arranged(single)) for _try in range(60)}) > 1


@pytest.mark.parametrize(("wrong", "words"), [(2, "Nearly there"), (5, "4 more needed")])
def test_the_result_says_honestly_how_far_it_was(client: Client, wrong: int, words: str) -> None:
    client.cookies["django_language"] = "en"
    html = client.get(take_quiz(client, quiz().pk, wrong=wrong).headers["Location"])
    attempt = Attempt.objects.get()
    page = client.get(f"/quizzes/{quiz().pk}/tries/{attempt.uuid}/").content.decode()
    assert html.status_code == 200
    assert attempt.needed == 5
    assert (attempt.needed - attempt.right == 1) == (wrong == 2)
    assert words in page
    assert 'href="/lessons/' in page


def test_a_question_asked_during_a_quiz_leads_back_to_its_lesson(client: Client) -> None:
    page = client.get(f"/quizzes/{quiz().pk}/").content.decode()
    code = hidden(page, "item")
    lesson_slug = Item.objects.select_related("lesson").get(code=code).lesson.slug
    assert f'href="/questions/ask/?lesson={lesson_slug}"' in page


def test_a_wrong_answer_comes_back_and_is_learnt_by_spaced_review(client: Client) -> None:
    answer_next(client, quiz().pk, right=False)
    card = ReviewCard.objects.get()
    assert card.due_at - timezone.now() > dt.timedelta(days=1, hours=23)
    assert b"T01" not in client.get("/me/review/").content
    right = [o.pk for o in card.item.options.all() if o.right]
    for number in range(12):
        with evidence.writing("review_item"):
            ReviewCard.objects.update(due_at=timezone.now() - dt.timedelta(minutes=1))
        last = ReviewCard.objects.get()
        if last.learnt_at:
            break
        with evidence.writing("review_item"):
            ReviewCard.objects.update(
                last_at=timezone.now() - dt.timedelta(days=max(2, (last.stability or 2)))
            )
        page = post(client, f"/me/review/{card.pk}/answer/", {"round": str(number), "choice": right})
        assert page.status_code == 200
    assert ReviewCard.objects.get().learnt_at is not None


def test_a_resent_review_changes_nothing(client: Client) -> None:
    answer_next(client, quiz().pk, right=False)
    card = ReviewCard.objects.get()
    right = [o.pk for o in card.item.options.all() if o.right]
    for _tap in range(2):
        post(client, f"/me/review/{card.pk}/answer/", {"round": "0", "choice": right})
    assert ReviewCard.objects.get().reviews == 1
    assert LearningRecord.objects.filter(verb="answered").count() == 2


def test_another_ones_card_is_not_there(client: Client) -> None:
    answer_next(client, quiz().pk, right=False)
    card = ReviewCard.objects.get()
    stranger = Client()
    read_lesson(stranger, "borrow-the-window")
    assert stranger.get(f"/me/review/{card.pk}/").status_code == 404
    assert post(stranger, f"/me/review/{card.pk}/answer/", {"round": "0", "choice": ["1"]}).status_code == 404
    assert ReviewCard.objects.get().reviews == 0


# --- records ---------------------------------------------------------------------------------------


def test_a_resend_after_a_lost_network_changes_nothing() -> None:
    learner, now, act_id = Learner.objects.create(), timezone.now(), uuid.uuid4()
    common: dict[str, Any] = {
        "learner": learner,
        "lesson": lesson(),
        "act_id": act_id,
        "at": now,
        "signed_in": False,
    }
    assert services.leave_lesson(seconds=60, block=2, **common) is Stored.STORED
    assert services.leave_lesson(seconds=60, block=2, **common) is Stored.DUPLICATE
    assert LessonProgress.objects.get().seconds == 60


def test_the_same_id_for_something_else_is_refused() -> None:
    learner, other, act_id = Learner.objects.create(), Learner.objects.create(), uuid.uuid4()
    common: dict[str, Any] = {"lesson": lesson(), "act_id": act_id, "at": timezone.now(), "signed_in": False}
    services.leave_lesson(learner=learner, seconds=60, block=2, **common)
    with pytest.raises(Conflict):
        services.leave_lesson(learner=learner, seconds=61, block=2, **common)
    with pytest.raises(Conflict):
        services.leave_lesson(learner=other, seconds=60, block=2, **common)
    assert LearningRecord.objects.count() == 1
    assert not LessonProgress.objects.filter(learner=other).exists()


def test_records_are_never_changed() -> None:
    services.finish_lesson(learner=Learner.objects.create(), lesson=lesson(), signed_in=False)
    with pytest.raises(TypeError):
        LearningRecord.objects.get().save()


def test_a_phone_with_a_wrong_clock_gets_the_servers_time() -> None:
    learner = Learner.objects.create()
    for year in (1970, 2099):
        at = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
        services.open_lesson(learner=learner, lesson=lesson(), act_id=uuid.uuid4(), at=at, signed_in=False)
    assert all(
        abs(record.happened_at - timezone.now()) < dt.timedelta(minutes=1)
        for record in LearningRecord.objects.all()
    )


def test_signed_in_the_first_act_enrols_once(make_user: Any) -> None:
    learner = guests.learner_of(make_user("li"))
    services.finish_lesson(learner=learner, lesson=lesson(), signed_in=True)
    services.finish_lesson(learner=learner, lesson=lesson("clean-ground"), signed_in=True)
    enrolment = Enrolment.objects.get()
    assert (enrolment.how, enrolment.enrolled_at is not None) == ("act", True)
    assert LearningRecord.objects.filter(verb="registered").count() == 1


ACT = st.tuples(
    st.sampled_from(["open", "leave", "done", "right", "wrong", "enrol", "merge"]),
    st.integers(0, 1),
    st.integers(0, 3000),
    st.integers(0, 20 * 24 * 60),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACT, max_size=14))
def test_summaries_agree_with_records_after_any_sequence_of_acts(
    acts: list[tuple[str, int, int, int]],
) -> None:
    """In whatever order acts come, and however often, a rebuild changes nothing."""
    learner, guest = Learner.objects.create(), Learner.objects.create()
    slugs = ["borrow-the-window", "clean-ground"]
    for kind, which, number, minutes in acts:
        at = timezone.now() - dt.timedelta(minutes=minutes)
        common: dict[str, Any] = {
            "learner": guest if number % 3 == 0 else learner,
            "lesson": lesson(slugs[which]),
        }
        if not Learner.objects.filter(pk=common["learner"].pk).exists():
            common["learner"] = learner
        if kind == "open":
            services.open_lesson(act_id=uuid.uuid4(), at=at, signed_in=bool(which), **common)
        elif kind == "leave":
            services.leave_lesson(
                act_id=uuid.uuid4(), at=at, seconds=number, block=which, signed_in=False, **common
            )
        elif kind == "done":
            services.finish_lesson(at=at, signed_in=bool(which), **common)
        elif kind == "enrol":
            services.enrol(learner=common["learner"], module=Module.objects.get(slug="window-light"), at=at)
        elif kind == "merge":
            merging.absorb_guest(guest=guest, target=learner) if learner.is_guest is False else None
        else:
            _answer(common["learner"], right=kind == "right", at=at)
    for pk in (learner.pk, guest.pk):
        assert summaries.differences(pk) == []
    before = list(Enrolment.objects.order_by("pk").values("learner", "module", "seconds", "completed_at"))
    rebuilding.rebuild_all()
    assert (
        list(Enrolment.objects.order_by("pk").values("learner", "module", "seconds", "completed_at"))
        == before
    )
    Learner.objects.all().delete()


def _answer(learner: Learner, *, right: bool, at: dt.datetime) -> None:
    row = assessments.start_attempt(learner=learner, quiz=quiz(), attempt_id=uuid.uuid4())
    answered = set(row.responses.values_list("item__code", flat=True))
    code = next(code for code in row.item_codes.split() if code not in answered)
    assessments.answer_item(
        learner=learner,
        quiz=quiz(),
        attempt_id=row.uuid,
        item_code=code,
        choice=choice_of(code, right=right),
        signed_in=False,
        at=at,
    )


def test_a_quiz_cannot_be_started_under_a_strangers_id() -> None:
    mine, other = Learner.objects.create(), Learner.objects.create()
    row = assessments.start_attempt(learner=mine, quiz=quiz(), attempt_id=uuid.uuid4())
    with pytest.raises(DomainError):
        assessments.start_attempt(learner=other, quiz=quiz(), attempt_id=row.uuid)
    assert Attempt.objects.filter(learner=other).count() == 0


# --- acts of the page's script ---------------------------------------------------------------------


def test_visible_time_is_capped_by_the_lessons_length(client: Client) -> None:
    data = {"id": str(uuid.uuid4()), "verb": "leave", "seconds": "86400", "block": "3"}
    assert post(client, "/lessons/borrow-the-window/acts/", data).status_code == 204
    assert LessonProgress.objects.get().seconds == 5 * 60 * 4
    assert LessonProgress.objects.get().block == 3


OPEN = "/lessons/borrow-the-window/acts/"


def test_a_first_opening_that_is_sent_again_is_one_opening(client: Client) -> None:
    """The answer was lost after the server had stored the act: by then the lesson is open already."""
    data = {"id": str(uuid.uuid4()), "verb": "open"}
    assert [post(client, OPEN, data).status_code for _time in range(3)] == [204, 204, 204]
    assert LearningRecord.objects.get().verb == "initialized"
    assert post(client, OPEN, {"id": str(uuid.uuid4()), "verb": "open"}).status_code == 204
    assert LearningRecord.objects.filter(verb="resumed").count() == 1


def test_a_phone_whose_first_answer_was_lost_is_still_the_same_guest() -> None:
    data = {"id": str(uuid.uuid4()), "verb": "open"}
    post(Client(), OPEN, data)
    again = Client()  # no cookie ever came back
    assert post(again, OPEN, data).status_code == 204
    post(again, OPEN, {"id": str(uuid.uuid4()), "verb": "leave", "seconds": "30", "block": "2"})
    assert Learner.objects.count() == 1
    assert LearningRecord.objects.count() == 2
    assert post(Client(), OPEN, data | {"verb": "leave", "seconds": "9"}).status_code == 422
    assert LearningRecord.objects.count() == 2  # something else under a known id takes nothing away


def test_an_account_is_nobodys_by_the_id_of_an_act(make_user: Any) -> None:
    member, data = Client(), {"id": str(uuid.uuid4()), "verb": "open"}
    member.force_login(make_user("li"))
    post(member, OPEN, data)
    stranger = Client()
    assert post(stranger, OPEN, data).status_code == 422  # the phone drops what can never be stored
    assert LearningRecord.objects.exclude(verb="registered").count() == 1
    assert Learner.objects.get().user is not None  # no guest was made for it


@pytest.mark.parametrize(
    "data",
    [
        {}, {"id": "x", "verb": "open"}, {"id": str(uuid.uuid4()), "verb": "fly"}, {"id": "\x00" * 36, "verb": "open"},
        {"verb": "open"},
    ],
)  # fmt: skip
def test_unreadable_acts_are_refused_and_store_nothing(client: Client, data: dict[str, str]) -> None:
    assert post(client, "/lessons/borrow-the-window/acts/", data).status_code == 422
    assert not LearningRecord.objects.exists()
    assert not Learner.objects.exists()


def test_a_guest_from_another_site_is_refused(client: Client) -> None:
    for headers in (
        {"HTTP_SEC_FETCH_SITE": "cross-site"}, {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_REFERER": "https://evil.example/"}, {},
    ):  # fmt: skip
        client = Client(enforce_csrf_checks=True)
        assert client.post("/lessons/borrow-the-window/done/", **headers).status_code == 400
    assert not LearningRecord.objects.exists()


def test_somebody_signed_in_needs_the_token(make_user: Any) -> None:
    user = make_user("li")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert (
        client.post("/lessons/borrow-the-window/done/", HTTP_SEC_FETCH_SITE="same-origin").status_code == 400
    )
    assert not LearningRecord.objects.exists()
    html = client.get("/lessons/borrow-the-window/").content.decode()
    token = html.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    assert client.post("/lessons/borrow-the-window/done/", {"csrfmiddlewaretoken": token}).status_code == 302
    assert LearningRecord.objects.filter(verb="completed").count() == 1


def test_nothing_ticked_shows_the_same_question_again(client: Client) -> None:
    page = client.get(f"/quizzes/{quiz().pk}/").content.decode()
    data = {"attempt": hidden(page, "attempt"), "item": hidden(page, "item")}
    again = post(client, f"/quizzes/{quiz().pk}/answer/", data)
    assert again.status_code == 400
    assert hidden(again.content.decode(), "item") == data["item"]
    assert hidden(again.content.decode(), "attempt") == data["attempt"]


def test_a_quiz_loaded_again_before_its_first_answer_asks_the_same(client: Client) -> None:
    """Large letters, the other language, a page lost on the way: the question must not change."""
    read_lesson(client, "borrow-the-window")
    asked = {hidden(client.get(f"/quizzes/{quiz().pk}/").content.decode(), "item") for _ in range(5)}
    assert len(asked) == 1
    assert Attempt.objects.count() == 0
    take_quiz(client, quiz().pk)
    after = {hidden(client.get(f"/quizzes/{quiz().pk}/").content.decode(), "attempt") for _ in range(3)}
    assert len(after) == 1
    assert str(Attempt.objects.get().uuid) not in after
