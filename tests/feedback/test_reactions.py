"""How was this module? Three faces, one tap, and its record."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

from assessments.models import Quiz
from feedback.data import Face
from feedback.models import Reaction
from feedback.questions import reactions
from learners.models import Learner, LearningRecord
from learners.people import merging
from learners.people.guests import learner_of
from mooc.lib.errors import DomainError
from tests.acts import hidden, post, read_lesson, take_quiz

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
MODULE, FACES = "/modules/window-light/", "/feedback/face/window-light/"


@pytest.fixture
def graduate() -> Client:
    """A guest who has completed the module."""
    client = Client()
    complete(client)
    return client


def complete(client: Client) -> None:
    for slug in ("borrow-the-window", "clean-ground"):
        read_lesson(client, slug)
    take_quiz(client, Quiz.objects.get(module__slug="window-light").pk)


def tap(client: Client, face: Face, tap_id: str = "") -> Any:
    identifier = tap_id or hidden(client.get(MODULE).content.decode().split('id="faces"')[1], "id")
    return post(client, FACES, {"face": face.value, "id": identifier})


def rated() -> list[tuple[str, float | None]]:
    rows = LearningRecord.objects.filter(verb="rated").order_by("pk")
    return [(row.response, row.score) for row in rows]


def test_who_completed_a_module_says_in_one_tap_how_it_was(graduate: Client) -> None:
    assert tap(graduate, Face.GOOD).headers["Location"] == f"{MODULE}#faces"
    reaction = Reaction.objects.get()
    assert (reaction.module.slug, reaction.face) == ("window-light", Face.GOOD)
    record = LearningRecord.objects.get(verb="rated")
    assert (record.object_type, record.object_id, record.score) == ("module", "window-light", 1.0)
    assert record.edition == reaction.module.published.number
    page = graduate.get(MODULE).content.decode()
    assert page.count('aria-pressed="true"') == 1
    assert 'value="3" aria-pressed="true"' in page


def test_a_later_tap_takes_the_place_of_the_earlier_and_both_are_on_record(graduate: Client) -> None:
    tap(graduate, Face.GOOD)
    tap(graduate, Face.BAD)
    assert Reaction.objects.get().face == Face.BAD
    assert rated() == [("good", 1.0), ("bad", 0.0)]


def test_a_double_tap_counts_once_and_a_late_resend_changes_nothing(graduate: Client) -> None:
    first = str(uuid.uuid4())
    for _time in range(2):
        assert tap(graduate, Face.GOOD, first).status_code == 302
    tap(graduate, Face.SO_SO)
    tap(graduate, Face.GOOD, first)  # the network brings it once more
    assert Reaction.objects.get().face == Face.SO_SO
    assert rated() == [("good", 1.0), ("so_so", 0.5)]


def test_the_panel_stands_on_the_result_of_the_quiz_and_not_before_completion() -> None:
    client = Client()
    assert 'id="faces"' not in client.get(MODULE).content.decode()
    read_lesson(client, "borrow-the-window")
    assert 'id="faces"' not in client.get(MODULE).content.decode()
    complete(client)
    learner = Learner.objects.get()
    attempt = learner.attempts.get()
    result = client.get(f"/quizzes/{attempt.quiz_id}/tries/{attempt.uuid}/").content.decode()
    assert 'action="/feedback/face/window-light/"' in result


@pytest.mark.parametrize("who", ["nobody", "half way"])
def test_who_has_not_completed_it_finds_nothing_and_nothing_is_stored(who: str) -> None:
    client = Client()
    if who == "half way":
        read_lesson(client, "borrow-the-window")
    learners = Learner.objects.count()
    assert post(client, FACES, {"face": 3, "id": str(uuid.uuid4())}).status_code == 404
    assert not Reaction.objects.exists()
    assert rated() == []
    assert Learner.objects.count() == learners


@pytest.mark.parametrize("face", ["", "0", "4", "x", "٣"])
def test_what_is_no_face_is_refused(graduate: Client, face: str) -> None:
    assert post(graduate, FACES, {"face": face, "id": str(uuid.uuid4())}).status_code == 400
    assert not Reaction.objects.exists()
    assert rated() == []


def test_somebody_signed_in_needs_the_token_which_is_in_the_panel(make_user: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    user = make_user("guixiang")
    client.force_login(user)
    helper = Client()
    helper.force_login(user)
    complete(helper)
    panel = client.get(MODULE).content.decode().split('id="faces"')[1]
    data = {"face": 2, "id": hidden(panel, "id")}
    assert client.post(FACES, data).status_code in (400, 404)
    assert not Reaction.objects.exists()
    done = client.post(FACES, data | {"csrfmiddlewaretoken": hidden(panel, "csrfmiddlewaretoken")})
    assert done.status_code == 302
    assert Reaction.objects.get().learner == learner_of(user)


def test_record_and_reaction_stand_or_fall_together(
    graduate: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the power goes")

    monkeypatch.setattr(Reaction.objects, "update_or_create", breaks)
    graduate.raise_request_exception = False
    assert tap(graduate, Face.GOOD).status_code == 500
    assert rated() == []


def test_a_tap_id_of_somebody_else_changes_nothing_of_theirs(graduate: Client) -> None:
    tap_id = str(uuid.uuid4())
    tap(graduate, Face.GOOD, tap_id)
    other = Client()
    complete(other)
    assert tap(other, Face.GOOD, tap_id).status_code == 400
    assert Reaction.objects.count() == 1


def test_the_account_keeps_its_own_word_when_a_guest_comes_in(graduate: Client, make_user: Any) -> None:
    tap(graduate, Face.BAD)
    guest, account = Learner.objects.get(), learner_of(make_user("guixiang"))
    mine = Client()
    mine.force_login(account.user)
    complete(mine)
    tap(mine, Face.GOOD)
    merging.absorb_guest(guest=guest, target=account)
    assert Reaction.objects.get().face == Face.GOOD
    assert LearningRecord.objects.filter(learner=account, verb="rated").count() == 2


def test_the_service_refuses_whom_the_page_would_refuse(graduate: Client) -> None:
    learner, stranger = Learner.objects.get(), Learner.objects.create()
    module = learner.enrolments.get().module
    with pytest.raises(DomainError):
        reactions.react(learner=stranger, module=module, face=3, tap=uuid.uuid4(), signed_in=False)
    assert not Reaction.objects.exists()
