"""Learning without an account: the cookie, the progress code, going over to an account, and one's own data."""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from collections import Counter
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.models import Attempt, Quiz, Response, ReviewCard
from assessments.quiz.services import answer_item
from courses.models import Lesson, LessonEdition, Module
from feedback.models import ContentReport, Question
from feedback.questions.services import ask_question, report_content
from learners import services
from learners.models import Enrolment, Learner, LearningRecord, LessonProgress
from learners.people import guests, merging
from learners.record import summaries
from learners.record.rebuilding import check_all
from learners.tasks import check_progress, forget_old_guests
from mooc.accounts.models import LoginCode, TextMessage, User
from mooc.accounts.services import send_code
from mooc.accounts.sign_in import limits
from mooc.lib.errors import DomainError
from tests.acts import choice_of

PASSWORD = "rural-2026"
NUMBER = "13805716021"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _curriculum(curriculum: None) -> None:
    """Two modules of two lessons with quizzes."""


def lessons() -> list[LessonEdition]:
    """Published lessons in a fixed order."""
    return list(
        LessonEdition.objects.filter(edition__published_of__isnull=False)
        .select_related("lesson", "edition__module")
        .order_by("lesson__slug")
    )


def finish(learner: Learner, index: int = 0, *, signed_in: bool = False) -> None:
    services.finish_lesson(learner=learner, lesson=lessons()[index], signed_in=signed_in)


def answer(learner: Learner, attempt: uuid.UUID, number: int, *, right: bool, quiz: int = 0) -> None:
    """Answer the n-th question of a try."""
    row = Quiz.objects.order_by("module__slug")[quiz]
    from assessments.quiz.services import start_attempt

    attempt_row = start_attempt(learner=learner, quiz=row, attempt_id=attempt)
    code = attempt_row.item_codes.split()[number]
    answer_item(
        learner=learner, quiz=row, attempt_id=attempt_row.uuid, item_code=code,
        choice=choice_of(code, right=right), signed_in=not learner.is_guest,
    )  # fmt: skip


def account(name: str = "wang", **fields: Any) -> Learner:
    return Learner.objects.create(user=User.objects.create_user(name, password=PASSWORD, **fields))


def phone_of(learner: Learner) -> Client:
    """A phone that holds a guest's cookie."""
    client = Client()
    client.cookies[guests.COOKIE] = guests._signer.sign(str(learner.uuid))
    return client


def held(client: Client) -> str:
    """The guest cookie a phone still holds."""
    cookie = client.cookies.get(guests.COOKIE)
    return cookie.value if cookie else ""


def in_step() -> None:
    """Summaries and records agree, for everybody, by the command people run."""
    assert list(check_all()) == []
    call_command("rebuild_progress", check=True, verbosity=0)


# --- the cookie -----------------------------------------------------------------------------------------


def test_reading_makes_nobody_and_the_first_stored_act_makes_a_guest() -> None:
    client = Client()
    slug = lessons()[0].lesson.slug
    client.get(f"/lessons/{slug}/")
    assert Learner.objects.count() == 0
    answer = client.post(f"/lessons/{slug}/done/", headers={"origin": "http://testserver"})
    assert answer.status_code == 302
    guest = Learner.objects.get()
    assert guest.is_guest
    assert "1" in client.get("/me/").content.decode()
    assert LessonProgress.objects.filter(learner=guest, done_at__isnull=False).count() == 1


@pytest.mark.parametrize(
    "value", ["", "x", "3f0c5c7e-0000-4000-8000-000000000000", "3f0c5c7e:forged", "\x00"]
)
def test_a_cookie_that_is_not_ours_is_nobody(value: str) -> None:
    finish(Learner.objects.create())
    client = Client()
    client.cookies[guests.COOKIE] = value
    assert client.get("/me/privacy/data.json").status_code == 404


def test_the_cookie_of_a_guest_who_became_an_account_opens_nothing() -> None:
    learner = account()
    assert phone_of(learner).get("/me/privacy/data.json").status_code == 404


# --- a new account is asked, too ---------------------------------------------------------------------------


def sign_up(guest: Learner) -> Client:
    client = phone_of(guest)
    fields = {"name": "王大山", "password": "mountain-77", "consent": "on"}
    answer = client.post("/accounts/join/", fields, follow=True)
    assert 'name="mine" value="no"' in answer.content.decode()
    return client


@pytest.mark.parametrize(("answer", "lessons_done"), [("yes", 1), ("no", 0)])
def test_signing_up_takes_what_the_phone_learnt_when_the_new_person_says_so(
    answer: str, lessons_done: int
) -> None:
    guest = Learner.objects.create()
    finish(guest)
    client = sign_up(guest)
    learner = Learner.objects.get(user__display_name="王大山")
    assert not learner.records.exists()  # nothing before the answer: phones are shared
    assert guest.records.exists()
    client.post("/me/welcome/", {"mine": answer})
    assert (
        sum(Enrolment.objects.filter(learner=learner).values_list("lessons_done", flat=True)) == lessons_done
    )
    assert Learner.objects.filter(pk=guest.pk).exists() is (answer == "no")
    assert client.cookies[guests.COOKIE].value == ""
    in_step()


def test_when_the_answer_to_signing_up_is_lost_the_question_comes_again() -> None:
    guest = Learner.objects.create()
    finish(guest)
    client = sign_up(guest)
    assert client.get("/me/").url == "/me/welcome/?next=/me/"
    assert guest.records.exists()


def test_when_taking_the_progress_fails_it_stays_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    guest = Learner.objects.create()
    finish(guest)
    client = sign_up(guest)
    monkeypatch.setattr(merging, "settle", lambda *_a, **_k: (_ for _ in ()).throw(RuntimeError("power cut")))
    with pytest.raises(RuntimeError):
        client.post("/me/welcome/", {"mine": "yes"})
    assert guest.records.exists()
    in_step()


# --- "was this you?" ---------------------------------------------------------------------------------------


def sign_in(client: Client, name: str = "wang") -> Any:
    return client.post("/accounts/login/", {"login": name, "password": PASSWORD}, follow=True)


def test_an_account_is_asked_first_and_yes_brings_it_together() -> None:
    learner, guest = account(), Learner.objects.create()
    finish(learner, 0, signed_in=True)
    finish(guest, 0)
    finish(guest, 1)
    client = phone_of(guest)
    page = sign_in(client)
    assert page.request["PATH_INFO"] == "/me/welcome/"
    assert Learner.objects.filter(pk=guest.pk).exists()  # asking changes nothing
    client.get("/me/welcome/")
    assert LearningRecord.objects.filter(learner=guest).count() == 2
    answer = client.post("/me/welcome/", {"mine": "yes"})
    assert answer.url == "/me/"
    assert held(client) == ""
    assert Learner.objects.count() == 1
    assert LessonProgress.objects.filter(learner=learner, done_at__isnull=False).count() == 2
    shown = {section.code: section.rows for section in client.get("/me/").context["file"].sections}
    assert len(shown["lessons"]) == 2  # one was done twice and stands once
    in_step()


def test_no_leaves_the_account_as_it_was_and_forgets_the_cookie() -> None:
    learner, guest = account(), Learner.objects.create()
    finish(learner, 0, signed_in=True)
    finish(guest, 1)
    client = phone_of(guest)
    sign_in(client)
    client.post("/me/welcome/", {"mine": "no"})
    assert held(client) == ""
    assert LearningRecord.objects.filter(learner=guest).count() == 1
    assert LessonProgress.objects.filter(learner=learner).count() == 1
    client.post("/me/welcome/", {"mine": "yes"})  # too late: the phone no longer holds it
    assert LessonProgress.objects.filter(learner=learner).count() == 1


def test_somebody_who_learnt_nothing_yet_is_asked_as_well() -> None:
    """The account is not new: the phone may have been somebody else's."""
    account()
    guest = Learner.objects.create()
    finish(guest)
    client = phone_of(guest)
    assert sign_in(client).request["PATH_INFO"] == "/me/welcome/"
    assert LearningRecord.objects.filter(learner=guest).count() == 1


def test_the_question_comes_again_on_my_page_until_it_is_answered() -> None:
    account()
    guest = Learner.objects.create()
    finish(guest)
    client = phone_of(guest)
    client.post("/accounts/login/", {"login": "wang", "password": PASSWORD})
    assert client.get("/me/").url == "/me/welcome/?next=/me/"


def test_nobody_is_asked_on_a_phone_without_progress() -> None:
    account()
    assert sign_in(phone_of(Learner.objects.create())).request["PATH_INFO"] == "/me/"


def test_after_signing_out_the_next_person_starts_with_nothing() -> None:
    guest = Learner.objects.create()
    finish(guest)
    client = phone_of(guest)
    account()
    sign_in(client)
    client.post("/accounts/logout/")
    assert held(client) == ""
    assert client.get("/me/privacy/data.json").status_code == 404


# --- progress code -------------------------------------------------------------------------------------------

HERE = {"headers": {"origin": "http://testserver"}}


def make_code(client: Client) -> str:
    page = client.post("/me/code/make/", **HERE).content.decode()
    return re.search(r"\d{3} \d{3} \d{4}", page).group()  # type: ignore[union-attr]


def test_a_code_opens_the_progress_on_another_phone() -> None:
    guest = Learner.objects.create()
    finish(guest)
    code = make_code(phone_of(guest))
    guest.refresh_from_db()
    assert code.replace(" ", "") not in guest.code_hash
    other = Client()
    assert other.post("/me/code/", {"code": code}, **HERE).url == "/me/"
    assert lessons()[0].title in other.get("/me/").content.decode()
    assert Learner.objects.count() == 1


def test_a_code_typed_while_signed_in_goes_to_the_account() -> None:
    guest, learner = Learner.objects.create(), account()
    finish(guest)
    code = make_code(phone_of(guest))
    client = Client()
    client.force_login(learner.user)
    assert client.post("/me/code/", {"code": code}).url == "/me/"
    assert Learner.objects.get() == learner
    assert client.post("/me/code/", {"code": code}).status_code == 400  # used up
    in_step()


def test_a_phone_with_progress_of_its_own_asks_whose_it_is() -> None:
    mine, theirs = Learner.objects.create(), Learner.objects.create()
    finish(mine, 0)
    finish(theirs, 1)
    code = make_code(phone_of(mine))
    client = phone_of(theirs)
    page = client.post("/me/code/", {"code": code}, **HERE)
    assert page.status_code == 400
    assert 'value="yes"' in page.content.decode()
    assert LearningRecord.objects.filter(learner=theirs).count() == 1
    client.post("/me/code/", {"code": code, "mine": "no"}, **HERE)
    assert LearningRecord.objects.filter(learner=mine).count() == 1
    assert LearningRecord.objects.filter(learner=theirs).count() == 1
    client = phone_of(theirs)
    client.post("/me/code/", {"code": code, "mine": "yes"}, **HERE)
    assert LessonProgress.objects.filter(learner=mine).count() == 2
    in_step()


def test_a_code_ends_after_180_days_and_a_new_one_ends_the_old() -> None:
    guest = Learner.objects.create()
    with time_machine.travel(dt.datetime(2026, 3, 1, tzinfo=dt.UTC), tick=False) as clock:
        old = merging.issue_code(learner=guest)
        new = merging.issue_code(learner=guest)
        with pytest.raises(DomainError):
            merging.redeem_code(digits=old)
        clock.shift(dt.timedelta(days=179))
        assert merging.redeem_code(digits=new) == guest
        clock.shift(dt.timedelta(days=2))
        with pytest.raises(DomainError):
            merging.redeem_code(digits=new)


@pytest.mark.parametrize("typed", ["", "1", "12345", "abc", "12345678901", "😀", "\x00", "9" * 100_000])
def test_what_is_no_code_is_said_and_stays_in_the_field(typed: str) -> None:
    page = Client().post("/me/code/", {"code": typed}, **HERE)
    assert page.status_code == 400
    assert 'aria-invalid="true"' in page.content.decode()


def test_guessing_codes_ends_after_thirty_tries_from_one_address() -> None:
    guest = Learner.objects.create()
    code = merging.issue_code(learner=guest)
    client = Client()
    wrong = f"{(int(code) + 1) % 10**10:010}"
    assert client.post("/me/code/", {"code": wrong}, **HERE).status_code == 400
    while limits.count("progress:127.0.0.1", 3600) < 30:
        pass  # the tries of the same hour, without their pages
    assert client.post("/me/code/", {"code": code}, **HERE).status_code == 400
    assert held(client) == ""
    elsewhere = Client(REMOTE_ADDR="10.1.1.1")
    assert elsewhere.post("/me/code/", {"code": code}, **HERE).status_code == 302


def test_an_account_has_no_code_and_a_stranger_neither() -> None:
    learner = account()
    client = Client()
    client.force_login(learner.user)
    assert client.post("/me/code/make/").status_code == 404
    assert Client().post("/me/code/make/", **HERE).status_code == 404


# --- merging: nothing lost, nothing doubled, nothing given away ------------------------------------------------


def test_every_table_that_points_at_a_learner_is_known_to_merging() -> None:
    """A new table must be moved by a merge before it may stand in this list."""
    known = {"lessonprogress", "enrolment", "learningrecord", "cohortmember", "fileopening",
             "question", "contentreport", "attempt", "reviewcard",
             "reply", "notice", "deflection", "postreport", "reaction",  # see tests/feedback/
             "noticechoice", "helpneed", "helpgiven", "closedperson", "pause", "cohortstay",
                 "phone", "former"}  # fmt: skip  # a guest has none: they need an account
    fields = Learner._meta.get_fields(include_hidden=True)  # also those without a name to go back by
    found = {
        field.related_model._meta.model_name for field in fields if field.auto_created and field.related_model
    }
    assert {
        name for name in found if not name.startswith("historical")
    } == known  # histories stay as they were


def test_an_account_is_never_taken_for_a_guest() -> None:
    one, other = account("one"), account("other")
    finish(one, 0, signed_in=True)
    with pytest.raises(DomainError):
        merging.absorb_guest(guest=one, target=other)
    guest = Learner.objects.create()
    with pytest.raises(DomainError):
        merging.absorb_guest(guest=guest, target=guest)
    assert LearningRecord.objects.filter(learner=one).exists()


def test_merging_twice_changes_nothing() -> None:
    guest, learner = Learner.objects.create(), account()
    finish(guest)
    merging.absorb_guest(guest=guest, target=learner)
    before = list(LearningRecord.objects.values_list("uuid", flat=True))
    merging.absorb_guest(guest=guest, target=learner)
    assert list(LearningRecord.objects.values_list("uuid", flat=True)) == before


def test_a_module_done_half_here_and_half_there_is_complete() -> None:
    guest, learner = Learner.objects.create(), account()
    rows = lessons()
    module = rows[0].edition.module
    first, second = [i for i, row in enumerate(rows) if row.edition.module_id == module.pk]
    opened = timezone.now() - dt.timedelta(minutes=10)
    for who, index in ((guest, first), (learner, second)):
        services.open_lesson(
            learner=who, lesson=rows[index], act_id=uuid.uuid4(), at=opened, signed_in=not who.is_guest
        )
        finish(who, index, signed_in=not who.is_guest)
    number = list(Quiz.objects.order_by("module__slug")).index(module.quiz)
    attempt = uuid.uuid4()
    for item in range(6):
        answer(guest, attempt, item, right=True, quiz=number)
    assert Enrolment.objects.get(learner=learner).completed_at is None
    merging.absorb_guest(guest=guest, target=learner)
    row = Enrolment.objects.get(learner=learner)
    assert row.completed_at is not None
    assert (row.lessons_done, row.quiz_tries, row.best_score) == (2, 1, 1.0)
    in_step()


def test_two_open_tries_become_one_open_and_no_answer_is_lost() -> None:
    guest, learner = Learner.objects.create(), account()
    answer(guest, uuid.uuid4(), 0, right=False)
    answer(guest, uuid.uuid4(), 1, right=True)
    answer(learner, uuid.uuid4(), 0, right=False)
    merging.absorb_guest(guest=guest, target=learner)
    assert Attempt.objects.filter(learner=learner).count() == 2
    assert Attempt.objects.filter(learner=learner, finished_at=None).get().responses.count() == 2
    assert Response.objects.filter(attempt__learner=learner).count() == 3
    assert ReviewCard.objects.filter(learner=learner).count() == len(
        {row.item_id for row in Response.objects.filter(right=False)}
    )
    in_step()


def test_an_act_of_a_guest_who_is_gone_is_refused_with_a_sentence() -> None:
    guest, learner = Learner.objects.create(), account()
    finish(guest)
    merging.absorb_guest(guest=guest, target=learner)
    stale = Learner(pk=guest.pk, uuid=guest.uuid)
    with pytest.raises(DomainError):
        services.finish_lesson(learner=stale, lesson=lessons()[1], signed_in=False)
    assert LearningRecord.objects.exclude(learner=learner).count() == 0


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["open", "leave", "done", "right", "wrong", "ask", "report", "enrol"]),
        st.booleans(),  # by the guest, or on the account
        st.integers(0, 3),
    ),
    max_size=14,
)


def do(kind: str, learner: Learner, n: int, tries: dict[tuple[int, int], uuid.UUID]) -> None:
    """One act, as a phone would make it; refused acts change nothing."""
    lesson, signed_in = lessons()[n], not learner.is_guest
    common = {"learner": learner, "lesson": lesson, "signed_in": signed_in}
    if kind == "open":
        services.open_lesson(act_id=uuid.uuid4(), at=timezone.now(), **common)
    elif kind == "leave":
        services.leave_lesson(act_id=uuid.uuid4(), at=timezone.now(), seconds=40 * n, block=n, **common)
    elif kind == "done":
        services.finish_lesson(**common)
    elif kind in ("right", "wrong"):
        attempt = tries.setdefault((learner.pk, n % 2), uuid.uuid4())
        answer(learner, attempt, n, right=kind == "right", quiz=n % 2)
    elif kind == "ask":
        ask_question(text="怎么寄？", block=1, question_id=uuid.uuid4(), learner=learner, lesson=lesson.lesson,
                     signed_in=signed_in)  # fmt: skip
    elif kind == "report":
        report_content(
            learner=learner, lesson=lesson.lesson, kind="wrong", text="错了", report_id=uuid.uuid4()
        )
    else:
        services.enrol(learner=learner, module=lesson.edition.module)


def belongings(*learners: Learner) -> dict[str, Counter[Any]]:
    """What people hold, as multisets of ids: the same before and after, whoever holds it."""
    return {
        "records": Counter(
            LearningRecord.objects.filter(learner__in=learners).values_list("uuid", flat=True)
        ),
        "answers": Counter(
            Response.objects.filter(attempt__learner__in=learners).values_list("uuid", flat=True)
        ),
        "tries": Counter(Attempt.objects.filter(learner__in=learners).values_list("uuid", flat=True)),
        "questions": Counter(Question.objects.filter(learner__in=learners).values_list("uuid", flat=True)),
        "reports": Counter(ContentReport.objects.filter(learner__in=learners).values_list("uuid", flat=True)),
    }


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=ACTS)
def test_after_any_acts_merging_loses_and_doubles_nothing_and_the_check_agrees(acts: Any) -> None:
    with transaction.atomic():
        guest, learner, other = Learner.objects.create(), account(), account("other")
        finish(other, 0, signed_in=True)
        tries: dict[tuple[int, int], uuid.UUID] = {}
        for kind, by_guest, n in acts:
            do(kind, guest if by_guest else learner, n, tries)
        assert list(check_all()) == []
        before, others = belongings(guest, learner), belongings(other)
        done = set(
            LessonProgress.objects.filter(learner__in=[guest, learner], done_at__isnull=False).values_list(
                "lesson_id", flat=True
            )
        )
        wrong = set(ReviewCard.objects.filter(learner__in=[guest, learner]).values_list("item_id", flat=True))

        merging.absorb_guest(guest=guest, target=learner)

        after = belongings(learner)
        new = after.pop("records") - before["records"]
        assert before.pop("records") <= Counter(
            LearningRecord.objects.filter(learner=learner).values_list("uuid", flat=True)
        )
        assert after == before
        assert set(LearningRecord.objects.filter(uuid__in=new).values_list("verb", flat=True)) <= {
            "registered", "completed",
        }  # fmt: skip
        mine = LessonProgress.objects.filter(learner=learner, done_at__isnull=False).values_list(
            "lesson_id", flat=True
        )
        assert Counter(mine) == Counter(done)
        cards = ReviewCard.objects.filter(learner=learner).values_list("item_id", flat=True)
        assert Counter(cards) == Counter(wrong)
        assert belongings(other) == others
        assert not Learner.objects.filter(pk=guest.pk).exists()
        assert list(check_all()) == []
        for pk in (learner.pk, other.pk):
            assert summaries.differences(pk) == []
        transaction.set_rollback(True)


# --- rebuild ---------------------------------------------------------------------------------------------------


def test_the_check_finds_a_difference_exits_with_1_and_rebuilding_mends_it(capsys: Any) -> None:
    learner = account()
    finish(learner, 0, signed_in=True)
    in_step()
    Enrolment.objects.update(lessons_done=7)
    LessonProgress.objects.update(seconds=999)
    with pytest.raises((CommandError, SystemExit)) as stop:
        call_command("rebuild_progress", check=True)
    assert getattr(stop.value, "returncode", getattr(stop.value, "code", None)) == 1
    assert Enrolment.objects.get().lessons_done == 7  # only compared
    call_command("rebuild_progress")
    in_step()
    assert Enrolment.objects.get().lessons_done == 1


def test_lost_summaries_come_back_from_the_records() -> None:
    learner = account()
    finish(learner, 0, signed_in=True)
    answer(learner, uuid.uuid4(), 0, right=False)
    before = [list(model.objects.values().order_by("pk")) for model in (Enrolment, LessonProgress)]
    LessonProgress.objects.all().delete()
    Enrolment.objects.all().delete()
    call_command("rebuild_progress")
    after = [list(model.objects.values().order_by("pk")) for model in (Enrolment, LessonProgress)]
    for rows in (*before, *after):
        for row in rows:
            row.pop("id")
    assert after == before


def test_the_nightly_check_says_differences_in_the_log(caplog: Any) -> None:
    finish(account(), 0, signed_in=True)
    check_progress()
    assert not caplog.records
    Enrolment.objects.update(lessons_done=7)
    check_progress()
    assert any("progress differs" in record.getMessage() for record in caplog.records)


# --- old guests ------------------------------------------------------------------------------------------------


def test_guests_are_forgotten_after_180_days_without_an_act_and_accounts_never() -> None:
    with time_machine.travel(dt.datetime(2026, 3, 1, tzinfo=dt.UTC), tick=False) as clock:
        old, kept, learner = Learner.objects.create(), Learner.objects.create(), account()
        finish(old)
        ask_question(
            text="怎么寄？", block=1, question_id=uuid.uuid4(), learner=old, lesson=None, signed_in=False
        )
        finish(kept)
        finish(learner, 0, signed_in=True)
        clock.shift(dt.timedelta(days=170))
        finish(kept, 1)
        clock.shift(dt.timedelta(days=11))
        forget_old_guests()
        forget_old_guests()
    assert set(Learner.objects.values_list("pk", flat=True)) == {kept.pk, learner.pk}
    assert Question.objects.count() == Question.history.count() == 0
    in_step()


# --- one's own data ----------------------------------------------------------------------------------------------


def full_account() -> Learner:
    """Somebody with a bit of everything."""
    learner = account("wang", phone=NUMBER, display_name="王大山")
    finish(learner, 0, signed_in=True)
    answer(learner, uuid.uuid4(), 0, right=False)
    lesson = lessons()[0].lesson
    ask_question(
        text="鸡蛋怎么寄？", block=1, question_id=uuid.uuid4(), learner=learner, lesson=lesson, signed_in=True
    )
    report_content(learner=learner, lesson=lesson, kind="wrong", text="错了", report_id=uuid.uuid4())
    send_code(phone=NUMBER)
    return learner


def test_the_export_holds_everything_and_only_ones_own() -> None:
    learner, other = full_account(), account("other", display_name="别人")
    finish(other, 1, signed_in=True)
    client = Client()
    client.force_login(learner.user)
    answer = client.get("/me/privacy/data.json")
    assert answer["Content-Disposition"].startswith("attachment")
    data = json.loads(answer.content)
    assert data["accounts"]["account"][0]["phone"] == NUMBER
    own = set(LearningRecord.objects.filter(learner=learner).values_list("uuid", flat=True))
    assert {uuid.UUID(row["uuid"]) for row in data["learners"]["records"]} == own
    assert len(data["learners"]["lessons"]) == 1
    assert [row["text"] for row in data["feedback"]["questions"]] == ["鸡蛋怎么寄？"]
    assert len(data["assessments"]["responses"]) == 1
    assert "别人" not in answer.content.decode()


def test_deleting_takes_the_typed_word_and_leaves_nothing() -> None:
    learner, other = full_account(), account("other")
    finish(other, 1, signed_in=True)
    client = Client()
    client.force_login(learner.user)
    for word in ("", "yes", "删", "x" * 5000):
        assert client.post("/me/privacy/delete/", {"word": word}).status_code == 400
    assert User.objects.count() == 2
    answer = client.post("/me/privacy/delete/", {"word": " 删除 "})
    assert answer.status_code == 200
    assert "data-clear-queue" in answer.content.decode()
    assert Learner.objects.get() == other
    assert User.objects.get() == other.user
    for model in (Attempt, Response, ReviewCard, Question, LoginCode, TextMessage):
        assert model.objects.count() == 0, model
    assert Question.history.count() == 0
    assert list(ContentReport.objects.values_list("learner", flat=True)) == [None]
    assert set(LearningRecord.objects.values_list("learner", flat=True)) == {other.pk}
    assert client.get("/me/privacy/data.json").status_code == 404
    in_step()


def test_a_second_tap_on_deleting_says_the_same_and_a_stranger_is_told_nothing() -> None:
    client = Client()
    client.force_login(full_account().user)
    second = Client()
    second.cookies.load({name: morsel.value for name, morsel in client.cookies.items()})
    first = client.post("/me/privacy/delete/", {"word": "delete"}, **HERE)
    again = second.post("/me/privacy/delete/", {"word": "delete"}, **HERE)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.templates[0].name == again.templates[0].name == "learners/deleted.html"
    assert Client().post("/me/privacy/delete/", {"word": "delete"}, **HERE).status_code == 404


def test_a_guest_can_take_along_and_delete_too() -> None:
    guest = Learner.objects.create()
    finish(guest)
    client = phone_of(guest)
    assert len(json.loads(client.get("/me/privacy/data.json").content)["learners"]["records"]) == 1
    assert client.post("/me/privacy/delete/", {"word": "delete"}, **HERE).status_code == 200
    assert Learner.objects.count() == LearningRecord.objects.count() == 0
    assert held(client) == ""


def test_a_signed_in_form_carries_its_token_and_a_foreign_one_is_refused() -> None:
    learner = account()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(learner.user)
    page = strict.get("/me/privacy/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page).group(1)  # type: ignore[union-attr]
    assert strict.post("/me/privacy/delete/", {"word": "delete"}).status_code == 400
    assert User.objects.count() == 1
    assert (
        strict.post("/me/privacy/delete/", {"word": "delete", "csrfmiddlewaretoken": token}).status_code
        == 200
    )
    guest = Learner.objects.create()
    foreign = Client(enforce_csrf_checks=True)
    foreign.cookies = phone_of(guest).cookies
    evil = {"headers": {"origin": "https://evil.example"}}
    assert foreign.post("/me/privacy/delete/", {"word": "delete"}, **evil).status_code == 400
    assert Learner.objects.filter(pk=guest.pk).exists()


def test_whoever_leads_a_class_hands_it_over_first(regions: Any) -> None:
    from learners.models import Cohort

    learner = account()
    today = timezone.localdate()
    Cohort.objects.create(
        title="一班", trainer=learner.user, region=regions["village"], starts_on=today, ends_on=today
    )
    client = Client()
    client.force_login(learner.user)
    assert client.post("/me/privacy/delete/", {"word": "删除"}).status_code == 400
    assert User.objects.count() == 1


def test_a_stranger_is_told_that_nothing_is_kept() -> None:
    assert Client().get("/me/privacy/").status_code == 200
    assert Client().post("/me/privacy/delete/", {"word": "delete"}, **HERE).status_code == 404
    assert Module.objects.exists()
    assert Lesson.objects.exists()
