"""Two accounts of one person: put together on record, parted again within thirty days."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from assessments.evaluation.help.helping import log_help
from assessments.evaluation.models import HelpGiven
from assessments.models import Attempt, ReviewCard
from feedback.models import Deflection, Question, Reaction
from feedback.questions import posts
from learners import tasks
from learners.classes.cohorts import join_cohort
from learners.models import AccountMerge, Cohort, Enrolment, Former, Learner, LearningRecord
from learners.people import merging, snapshots, uniting
from learners.people.guests import learner_of
from learners.record import rebuilding
from mooc.accounts.models import PhoneChange, User
from mooc.lib.errors import DomainError
from tests import world

PASSWORD = "rural-2026"
A, B = "13500000001", "13600000002"


@pytest.fixture
def pair(make_user: Any, regions: Any, curriculum: None) -> tuple[User, User]:
    """Spring's account and autumn's, both with lessons, tries, questions and a class."""
    now = timezone.now()
    spring = world.person(make_user, "spring", regions["village"], phone=A, display_name="李桂香")
    autumn = world.person(make_user, "autumn", regions["village"], phone=B, display_name="李桂香")
    world.read(spring, now - dt.timedelta(days=20), lessons=2)
    world.take(spring, now - dt.timedelta(days=19), right=3)
    world.take(autumn, now - dt.timedelta(days=3), right=2)
    world.read(autumn, now - dt.timedelta(days=2), lessons=3)
    leader = make_user("leader", role="trainer")
    for who in (spring, autumn):
        world.ask(who, now - dt.timedelta(days=1))
        world.face(who, 2, now)
        log_help(learner=who, by=leader, action="called", outcome="reached", note="", help_id=uuid.uuid4())
    for title, members in (("a", [spring, autumn]), ("b", [spring])):
        cohort = Cohort.objects.create(
            title=title,
            trainer=leader,
            region=regions["village"],
            starts_on=dt.date(2026, 1, 1),
            ends_on=dt.date(2099, 1, 1),
        )
        for member in members:
            join_cohort(learner=member, cohort=cohort)
    return spring.user, autumn.user


@pytest.fixture
def operator(make_user: Any) -> User:
    return make_user("chief", is_superuser=True, is_staff=True)


def picture(*users: User) -> Any:
    """Everything of these people, and their accounts, but what any visit changes."""
    learners = list(Learner.objects.filter(user__in=users).values_list("pk", flat=True))
    rows = snapshots.take(learners)
    for (model, _pk), fields in rows.items():
        if model == "learners.Learner":
            for name in ("version", "seen_at", "updated_at"):
                fields.pop(name)
    sums = Enrolment.objects.filter(learner__in=learners).order_by("learner_id", "module_id")
    accounts = User.objects.filter(pk__in=[user.pk for user in users]).order_by("pk")
    return rows, list(sums.values("learner_id", "module_id", "lessons_done", "seconds", "best_score", "quiz_tries")), list(
        accounts.values("pk", "phone", "is_active")
    )  # fmt: skip


def test_two_accounts_become_one_person(pair: Any, operator: User) -> None:
    spring, autumn = pair
    records = LearningRecord.objects.count()
    people = Learner.objects.people().count()
    lessons = max(Enrolment.objects.filter(learner__user__in=pair).values_list("lessons_done", flat=True))
    merge = uniting.merge_accounts(kept=autumn, gone=spring, by=operator, phone=B)
    learner = Learner.objects.get(user=autumn)
    assert LearningRecord.objects.filter(learner=learner).count() >= records
    assert Learner.objects.people().count() == people - 1
    assert Enrolment.objects.get(learner=learner).lessons_done == lessons > 0
    assert (
        Attempt.objects.filter(learner=learner).count(),
        Question.objects.filter(learner=learner).count(),
    ) == (2, 2)
    assert learner.memberships.count() == 2
    spring.refresh_from_db()
    assert (spring.is_active, spring.phone) == (False, None)
    assert (merge.merged_by, merge.gone_user, merge.kept_user) == (operator.pk, spring.pk, autumn.pk)
    assert not list(rebuilding.check_all())
    old = Client()
    assert old.post("/accounts/login/", {"login": "spring", "password": PASSWORD}).status_code == 400


def test_parting_them_brings_everything_back_as_it_was(pair: Any, operator: User) -> None:
    spring, autumn = pair
    before = picture(spring, autumn)
    merge = uniting.merge_accounts(kept=autumn, gone=spring, by=operator, phone=A)
    autumn.refresh_from_db()
    assert autumn.phone == A
    assert PhoneChange.objects.get().user == autumn
    assert uniting.undo_merge(merge=merge, by=operator) == 0
    assert picture(spring, autumn) == before
    assert not list(rebuilding.check_all())
    merge.refresh_from_db()
    assert (merge.undone_by, merge.rows) == (operator.pk, [])
    with pytest.raises(DomainError):
        uniting.undo_merge(merge=merge, by=operator)


def test_what_was_learnt_and_answered_since_stays_when_they_are_parted(pair: Any, operator: User) -> None:
    spring, autumn = pair
    question = Question.objects.get(learner__user=spring)
    known = Question.objects.get(learner__user=autumn)
    posts.solved_by_known(question=known, learner=Learner.objects.get(user=spring), lesson=None)
    merge = uniting.merge_accounts(kept=autumn, gone=spring, by=operator)
    Question.objects.filter(pk=question.pk).update(answer="这样弄", answered_at=timezone.now())
    kept = Learner.objects.get(user=autumn)
    assert HelpGiven.objects.filter(learner=kept).count() == 2, "what was done to help goes along"
    world.take(kept, timezone.now(), right=6)
    uniting.undo_merge(merge=merge, by=operator)
    question.refresh_from_db()
    assert (question.learner.user, question.answer) == (spring, "这样弄")
    assert Attempt.objects.filter(learner__user=autumn).count() == 2
    assert Attempt.objects.filter(learner__user=spring).count() == 1
    assert ReviewCard.objects.filter(learner__user=autumn).exists()
    assert Reaction.objects.filter(learner__user=spring).exists()
    assert Deflection.objects.get().learner.user == spring  # also what nothing names from the learner's side
    assert not list(rebuilding.check_all())


def test_after_thirty_days_it_stays_and_what_would_undo_it_is_dropped(pair: Any, operator: User) -> None:
    spring, autumn = pair
    merge = uniting.merge_accounts(kept=autumn, gone=spring, by=operator)
    with time_machine.travel(timezone.now() + dt.timedelta(days=31), tick=False):
        with pytest.raises(DomainError):
            uniting.undo_merge(merge=merge, by=operator)
        tasks.forget_old_guests()
    merge.refresh_from_db()
    assert (merge.rows, merge.gone_phone) == ([], "")
    spring.refresh_from_db()
    assert not spring.is_active


def test_acts_still_waiting_on_the_old_phone_are_the_kept_accounts(pair: Any, operator: User) -> None:
    spring, autumn = pair
    name = learner_of(spring).short_name
    merge = uniting.merge_accounts(kept=autumn, gone=spring, by=operator)
    assert Former.objects.get(name=name).into.user == autumn
    uniting.undo_merge(merge=merge, by=operator)
    assert not Former.objects.filter(name=name).exists()


@pytest.mark.parametrize("why", ["same", "role", "off", "operator"])
def test_a_refused_merge_changes_nothing(pair: Any, operator: User, people: Any, why: str) -> None:
    spring, autumn = pair
    gone = {"same": autumn, "role": people["trainer"], "off": spring, "operator": operator}[why]
    if why == "off":
        User.objects.filter(pk=spring.pk).update(is_active=False)
    before = picture(spring, autumn, gone)
    with pytest.raises(DomainError):
        uniting.merge_accounts(kept=autumn, gone=gone, by=operator)
    assert picture(spring, autumn, gone) == before
    assert AccountMerge.objects.count() == 0


def test_erasing_the_person_erases_what_the_merge_kept(pair: Any, operator: User) -> None:
    spring, autumn = pair
    uniting.merge_accounts(kept=autumn, gone=spring, by=operator)
    merging.erase(learner=Learner.objects.get(user=autumn))
    assert AccountMerge.objects.count() == 0
    assert not User.objects.filter(pk__in=[spring.pk, autumn.pk]).exists()


# --- the operator's pages --------------------------------------------------------------------------------------


def test_the_operator_merges_and_parts_on_the_desk(client: Client, pair: Any, operator: User) -> None:
    spring, autumn = pair
    client.force_login(operator)
    assert 'value="merge_accounts"' in client.get("/admin/accounts/user/").content.decode()
    fields = {"action": "merge_accounts", "_selected_action": [spring.pk, autumn.pk]}
    page = client.post("/admin/accounts/user/", fields).url
    text = client.get(page).content.decode()
    assert A in text
    assert B in text
    assert client.post(page, {"kept": str(autumn.pk), "phone": A}).status_code == 302
    autumn.refresh_from_db()
    assert autumn.phone == A
    merge = AccountMerge.objects.get()
    assert client.get(f"/admin/learners/accountmerge/{merge.pk}/change/").status_code == 200
    client.post("/admin/learners/accountmerge/", {"action": "undo", "_selected_action": merge.pk})
    spring.refresh_from_db()
    assert (spring.is_active, spring.phone) == (True, A)


def test_one_or_three_accounts_are_not_merged(client: Client, pair: Any, operator: User, people: Any) -> None:
    client.force_login(operator)
    for chosen in ([pair[0].pk], [pair[0].pk, pair[1].pk, people["learner"].pk]):
        client.post("/admin/accounts/user/", {"action": "merge_accounts", "_selected_action": chosen})
    client.get(f"/admin/learners/accountmerge/merge/?a={pair[0].pk}&b=x")
    client.post(f"/admin/learners/accountmerge/merge/?a={pair[0].pk}&b={pair[1].pk}", {"kept": "999"})
    assert AccountMerge.objects.count() == 0
    assert Learner.objects.filter(user__in=pair).count() == 2


@pytest.mark.parametrize("role", ["learner", "helper", "trainer", "supervisor"])
def test_nobody_but_the_operator_merges(client: Client, pair: Any, people: Any, role: str) -> None:
    client.force_login(people[role])
    page = f"/admin/learners/accountmerge/merge/?a={pair[0].pk}&b={pair[1].pk}"
    assert client.get(page).status_code == 404
    assert client.post(page, {"kept": str(pair[0].pk)}).status_code == 404
    assert client.get("/admin/learners/accountmerge/doubles/").status_code == 404
    assert AccountMerge.objects.count() == 0
    assert all(user.is_active for user in User.objects.filter(pk__in=[user.pk for user in pair]))


def test_likely_doubles_have_a_name_and_more_in_common(
    client: Client, pair: Any, make_user: Any, regions: Any, operator: User
) -> None:
    far = world.person(make_user, "far", regions["county2"], display_name="李桂香")
    found = {(one.user.username, other.user.username) for one, other, _why in uniting.likely_doubles()}
    assert found == {("spring", "autumn")}
    Learner.objects.filter(pk__in=[far.pk, learner_of(pair[0]).pk]).update(birth_year=1968)
    Former.objects.create(name="g1", phone_hash="x", into=far)
    Former.objects.create(name="g2", phone_hash="x", into=learner_of(pair[1]))
    assert len(uniting.likely_doubles()) == 3
    client.force_login(operator)
    assert "李桂香" in client.get("/admin/learners/accountmerge/doubles/").content.decode()
