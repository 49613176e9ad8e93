"""Nothing with a history is destroyed by an ordinary click, whoever clicks."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from assessments.models import Item, Quiz, Response
from courses.models import Category, Course, Module, Track
from feedback.models import ContentReport
from learners.classes import cohorts, results
from learners.models import Cohort, CohortMember, Learner, LearningRecord
from learners.people.guests import learner_of
from mooc.accounts.models import Region, User
from mooc.accounts.staff.admin_access import KeepsHistory
from mooc.lib.privacy import evidence
from mooc.lib.privacy.keeping import goes_along, relations_to, ties
from tests import world

pytestmark = [pytest.mark.django_db]

# Model → what goes with a row of it, on the desk. Everything else that points at the row keeps it.
# A new relation is decided here, on purpose.
GOES = {
    "accounts.User": {
        "accounts.RoleGrant.user", "accounts.User_groups.user", "accounts.User_user_permissions.user",
        "learners.Learner.user",
    },
    "feedback.ThemeProposal": {"feedback.ThemeProposal_questions.themeproposal"},
    "courses.Module": {
        "courses.ModuleEdition.module", "courses.Lesson.module", "assessments.Quiz.module", "assessments.Item.module",
        "assessments.Assignment.module", "courses.Module_skills.module", "courses.Address.module",
    },
    "courses.LessonEdition": {"courses.Block.lesson"},
    "courses.Track": {"courses.TrackStep.track"},
    "assessments.Item": {"assessments.Option.item", "assessments.ItemEdition.item"},
    "learners.Cohort": {
        "learners.Cohort_modules.cohort", "evaluation.HelpNeed.cohort", "evaluation.HelpClassCheck.cohort",
    },
    "feedback.SavedReply": set(), "accounts.Region": {"accounts.OldRegionCode.region"},
    "courses.Category": set(), "courses.Skill": set(),
    "assessments.Quiz": set(),
}  # fmt: skip
OURS = ("accounts", "jobs", "courses", "learners", "feedback", "assessments", "evaluation")


def someone(user: User) -> Any:
    request = RequestFactory().get("/admin/")
    request.user = user
    return request


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def english(user: User) -> Client:
    client = client_of(user)
    client.cookies["django_language"] = "en"
    return client


def click_delete(user: User, row: Any) -> Any:
    path = f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/delete/"
    return client_of(user).post(path, {"post": "yes"})


def click_delete_in_the_list(user: User, row: Any) -> Any:
    path = f"/admin/{row._meta.app_label}/{row._meta.model_name}/"
    data = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
    return client_of(user).post(path, data, follow=True)


def test_what_goes_with_a_row_deleted_on_the_desk_was_decided_for_every_relation(
    people: dict[str, Any],
) -> None:
    found = {}
    for model, desk in admin.site._registry.items():
        if model._meta.app_label not in OURS or not desk.has_delete_permission(someone(people["operator"])):
            continue
        assert hasattr(desk, "instead"), f"{model._meta.label} deletes without looking what hangs on it"
        found[model._meta.label] = {
            f"{relation.related_model._meta.label}.{relation.field.name}"
            for relation in relations_to(model)
            if goes_along(relation)
        }
    found.pop("learners.Cohort", None)  # the list deletes none; the page of one does
    assert found == {name: parts for name, parts in GOES.items() if name != "learners.Cohort"}
    assert {
        f"{r.related_model._meta.label}.{r.field.name}" for r in relations_to(Cohort) if goes_along(r)
    } == GOES["learners.Cohort"]


@pytest.fixture
@evidence.writing("report_content")
def village(
    people: dict[str, Any], regions: dict[str, Any], make_user: Any, curriculum: None
) -> dict[str, Any]:
    """A class of the trainer in the helper's village, with one member who has read, answered and complained."""
    module = Module.objects.get(slug=world.SLUG)
    module.course.trainers.add(people["trainer"])
    for user in people.values():  # made at the first page somebody opens
        learner_of(user)
    learner = world.person(make_user, "guixiang", regions["village"])
    today = timezone.localdate()
    cohort = cohorts.open_cohort(
        leader=people["trainer"], title="枫树班", region=regions["village"], modules=[module],
        starts_on=today, ends_on=today + dt.timedelta(days=30),
    )  # fmt: skip
    cohorts.join_cohort(learner=learner, cohort=cohort)
    at = timezone.now() - dt.timedelta(hours=2)
    world.read(learner, at)
    world.take(learner, at + dt.timedelta(hours=1), right=6)
    lesson = world.lessons_of()[0].lesson
    report = ContentReport.objects.create(learner=learner, lesson=lesson, kind="wrong", text="图不对")
    return people | {
        "cohort": cohort, "member": learner, "module": module, "report": report,
        "quiz": Quiz.objects.get(module=module), "item": Response.objects.first().item,  # type: ignore[union-attr]  # just answered
        "place": regions["village"], "track": Track.objects.first(), "course": module.course,
    }  # fmt: skip


def counted() -> dict[str, int]:
    """How many rows every table of ours has, past versions left out."""
    from django.apps import apps

    models = [
        m for m in apps.get_models() if m._meta.app_label in OURS and not m.__name__.startswith("Historical")
    ]
    return {m._meta.label: m._base_manager.count() for m in models}


@pytest.mark.parametrize("role", ["helper", "trainer", "supervisor", "operator"])
def test_what_has_a_history_stays_whole_whoever_clicks(role: str, village: dict[str, Any]) -> None:
    before, in_class = counted(), LearningRecord.objects.filter(cohort=village["cohort"]).count()
    assert in_class > 0
    for name in ("module", "quiz", "item", "cohort", "report", "place", "course", "user"):
        row = village["member"].user if name == "user" else village[name]
        for click in (click_delete, click_delete_in_the_list):
            assert click(village[role], row).status_code in (200, 404), (name, click)
        assert counted() == before, name
    assert LearningRecord.objects.filter(cohort=village["cohort"]).count() == in_class


def test_the_refusal_says_what_hangs_on_it_and_what_to_do_instead(village: dict[str, Any]) -> None:
    client = english(village["trainer"])
    module, cohort = village["module"], village["cohort"]
    text = client.get(f"/admin/courses/module/{module.pk}/delete/").content.decode()
    assert "Nothing was deleted" in text or "nothing was deleted" in text
    assert "Withdraw it instead" in text
    assert "tries: 1" in text
    assert 'name="post"' not in text
    text = client.get(f"/admin/learners/cohort/{cohort.pk}/delete/").content.decode()
    assert "members: 1" in text
    assert "Close it instead" in text


def test_what_nobody_has_used_may_go_with_its_parts(village: dict[str, Any]) -> None:
    course = Course.objects.get(pk=village["module"].course_id)
    fresh = Module.objects.create(
        code="Z9", slug="fresh", course=course, category=course.category, level="L1"
    )
    item = Item.objects.create(code="Z9-1", module=fresh, kind="truefalse", stem_zh="题", stem_en="Item")
    item.options.create(position=1, text_zh="对", text_en="true", right=True)
    assert ties(Module.objects.filter(pk=fresh.pk)) == {}
    assert click_delete(village["trainer"], fresh).status_code == 302
    assert not Module.objects.filter(pk=fresh.pk).exists()
    assert not Item.objects.filter(code="Z9-1").exists()
    today = timezone.localdate()
    cohort = cohorts.open_cohort(
        leader=village["trainer"], title="空班", region=village["place"], modules=[village["module"]],
        starts_on=today, ends_on=today,
    )  # fmt: skip
    assert click_delete(village["trainer"], cohort).status_code == 302
    assert not Cohort.objects.filter(pk=cohort.pk).exists()


def test_a_class_joined_between_the_look_and_the_click_stays(
    village: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look found nothing; the database holds the class all the same."""
    monkeypatch.setattr(KeepsHistory, "get_deleted_objects", lambda *_given: ([], {}, set(), []))
    assert click_delete(village["trainer"], village["cohort"]).status_code == 302
    assert CohortMember.objects.filter(cohort=village["cohort"]).count() == 1


def test_places_and_subjects_in_use_stay(village: dict[str, Any]) -> None:
    for row in (Region.objects.get(code="360321100"), Category.objects.get(pk=village["module"].category_id)):
        assert click_delete(village["operator"], row).status_code == 200
        assert type(row).objects.filter(pk=row.pk).exists()


# --- classes: who changes one ----------------------------------------------------------------------------------


def test_only_who_leads_a_class_changes_it_who_looks_after_the_place_looks(village: dict[str, Any]) -> None:
    cohort, learner = village["cohort"], village["member"]
    page, desk = f"/classes/{cohort.pk}/{learner.pk}/out/", f"/admin/learners/cohort/{cohort.pk}/change/"
    form = {
        "title": "别的班",
        "region": cohort.region_id,
        "starts_on": cohort.starts_on,
        "ends_on": cohort.ends_on,
    }
    for role, status in {"helper": 404, "supervisor": 404, "supervisor2": 404, "learner": 404}.items():
        assert client_of(village[role]).get(page).status_code == status, role
        assert client_of(village[role]).post(page).status_code == status, role
        assert client_of(village[role]).post(desk, form).status_code in (302, 404), role
        assert cohorts.is_member(learner, cohort), role
        cohort.refresh_from_db()
        assert cohort.title == "枫树班", role
    assert "Take out" not in english(village["helper"]).get(f"/classes/{cohort.pk}/").content.decode()
    client = english(village["trainer"])
    assert "Take out" in client.get(f"/classes/{cohort.pk}/").content.decode()
    assert "out of the class?" in client.get(page).content.decode()
    assert client.post(page).status_code == 302
    assert not cohorts.is_member(learner, cohort)
    assert LearningRecord.objects.filter(cohort=cohort).count() > 0, "what was learnt in the class stays"
    Cohort.objects.filter(pk=cohort.pk).update(open_to_join=False)
    assert "is no longer in the class" in client.get(page).content.decode()
    client.post(page, {"back": "1"})
    assert cohorts.is_member(learner, cohort)
    assert client_of(village["operator"]).post(page).status_code == 302
    assert not cohorts.is_member(learner, cohort)


def test_a_new_class_lies_in_the_makers_own_places(village: dict[str, Any], regions: dict[str, Any]) -> None:
    """Also when the address of the form is used without the form, and on the desk."""
    today = timezone.localdate()
    form = {"title": "新班", "region": regions["village2"].pk, "starts_on": today, "ends_on": today,
            "modules": village["module"].pk}  # fmt: skip
    assert client_of(village["helper"]).post("/classes/", form).status_code == 400
    assert Cohort.objects.count() == 1
    assert (
        client_of(village["helper"]).post("/classes/", form | {"region": regions["village"].pk}).status_code
        == 302
    )
    own = Cohort.objects.get(trainer=village["helper"])
    path = f"/admin/learners/cohort/{own.pk}/change/"
    assert client_of(village["helper"]).post(path, form).status_code == 200  # refused at the field
    own.refresh_from_db()
    assert own.region == regions["village"]
    assert (
        client_of(village["helper"]).post(path, form | {"region": own.region_id, "title": "晚班"}).status_code
        == 302
    )
    own.refresh_from_db()
    assert own.title == "晚班"


def test_add_on_the_desk_leads_to_the_form_that_makes_a_class(village: dict[str, Any]) -> None:
    for role in ("trainer", "helper", "operator"):
        answer = client_of(village[role]).get("/admin/learners/cohort/add/")
        assert (answer.status_code, answer["Location"]) == (302, "/classes/#new"), role
    text = client_of(village["trainer"]).get("/classes/").content.decode()
    assert f'value="{Region.objects.get(code="360321").pk}"' in text, (
        "a trainer without a place may choose a county"
    )


# --- classes: finding somebody, results, the table ----------------------------------------------------------------


@evidence.writing("join_cohort")
def test_one_of_many_is_found_by_name_and_a_page_behind_the_end_is_the_last(
    village: dict[str, Any], make_user: Any
) -> None:
    cohort = village["cohort"]
    users = User.objects.bulk_create(
        User(username=f"m{n}", display_name=f"学员{n:03}", password="!") for n in range(120)
    )
    learners = Learner.objects.bulk_create(Learner(user=user, region=village["place"]) for user in users)
    CohortMember.objects.bulk_create(CohortMember(cohort=cohort, learner=row) for row in learners)
    client, path = english(village["trainer"]), f"/classes/{cohort.pk}/"
    text = client.get(path, {"q": "学员119"}).content.decode()
    assert "学员119" in text
    assert "学员001" not in text
    assert "121 people" in text
    assert "?q=%E5%AD%A6%E5%91%98&amp;page=2" in client.get(path, {"q": "学员"}).content.decode()
    last = client.get(path, {"page": "11"})
    assert last.status_code == 200
    assert last.context["page"].number == 3
    assert "Nobody here is called “王五”" in client.get(path, {"q": "王五"}).content.decode()


def test_results_of_a_class_are_counted_by_lesson_and_by_question(
    village: dict[str, Any], make_user: Any
) -> None:
    cohort = village["cohort"]
    other = world.person(make_user, "second", village["place"])
    cohorts.join_cohort(learner=other, cohort=cohort)
    world.read(other, timezone.now() - dt.timedelta(hours=1), lessons=1)
    stranger = world.person(make_user, "stranger", village["place"])
    world.read(stranger, timezone.now() - dt.timedelta(hours=1))
    (module,) = results.class_results(cohort)
    assert [(row.read, row.people) for row in module.lessons[:2]] == [(2, 2), (1, 2)]
    assert {(row.people, row.answers, row.right) for row in module.items} == {(1, 1, 1)}
    assert len(module.items) == 6
    text = english(village["supervisor"]).get(f"/classes/{cohort.pk}/results/").content.decode()
    assert "2 of 2" in text
    assert "100% (1 of 1)" in text
    for role in ("learner", "supervisor2"):
        assert client_of(village[role]).get(f"/classes/{cohort.pk}/results/").status_code == 404


def test_the_table_of_a_class_holds_what_the_page_shows(village: dict[str, Any]) -> None:
    cohort = village["cohort"]
    User.objects.filter(pk=village["member"].user_id).update(display_name="=HYPERLINK(1)")
    answer = english(village["trainer"]).get(f"/classes/{cohort.pk}/table.csv")
    head, line = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    row = dict(zip(head, line, strict=True))
    (shown,) = cohorts.progress_rows(cohort, list(cohort.members.all()))
    assert (row["Lessons read"], row["Minutes in the class’s modules"]) == (
        str(shown.lessons),
        str(shown.minutes),
    )
    assert not row["Name"].startswith("="), "no cell is a formula"
    for role in ("learner", "supervisor2"):
        assert client_of(village[role]).get(f"/classes/{cohort.pk}/table.csv").status_code == 404


def test_everything_that_may_keep_a_row_has_a_name_for_people() -> None:
    """The refusal lists it; in Chinese a name without a Chinese word is one that nobody gave."""
    from django.apps import apps

    with translation.override("zh-hans"):
        nameless = [
            model._meta.label
            for model in apps.get_models()
            if str(model._meta.verbose_name_plural).isascii() and not model.__name__.startswith("Historical")
        ]
    assert nameless == []
