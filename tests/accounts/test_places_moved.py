"""A place is moved, gets another code, or goes into another: nobody is lost from anybody's sight."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, models, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.evaluation import access, services
from assessments.evaluation.data import JobKind, Scope, ScopeKind
from assessments.evaluation.models import EvaluationReport, EvaluationSnapshot
from learners.models import Cohort, Learner, LearningRecord
from mooc.accounts import gauges, tasks
from mooc.accounts.models import OldRegionCode, Region, RoleGrant
from mooc.accounts.places import moving
from mooc.jobs import services as jobs
from mooc.jobs.models import Job
from mooc.lib.errors import DomainError
from mooc.lib.jobrow import JobState
from mooc.lib.privacy import evidence
from tests.conftest import PASSWORD
from tests.world import make_regions, make_user, person

CITY2 = "3604"


@pytest.fixture
def city2(regions: dict[str, Any]) -> Region:
    return Region.objects.create(
        code=CITY2, parent=regions["province"], level=2, name_zh="另一市", name_en="Other"
    )


@pytest.fixture
def villager(make_user: Any, regions: dict[str, Any]) -> Learner:
    return person(make_user, "wu", regions["village"])


def seen_by(user: Any) -> set[int]:
    user = type(user).objects.get(pk=user.pk)
    return set(Learner.objects.visible_to(user).values_list("pk", flat=True))


def check_tree() -> None:
    for region in Region.objects.select_related("parent"):
        assert region.path == f"{region.parent.path if region.parent else ''}{region.code}/"
        assert region.level == (region.parent.level + 1 if region.parent else 1)
    assert not moving.crooked().exists()


# --- moving -------------------------------------------------------------------------------------------


def test_a_county_moves_with_all_below_and_its_supervisor_sees_the_same_people(
    people: Any, regions: dict[str, Any], city2: Region, villager: Learner
) -> None:
    moved = moving.relocate(region=regions["county"], parent=city2, code="360321")
    assert moved == 4  # the county, a township, two villages
    assert Region.objects.get(pk=regions["village"].pk).path == f"36/{CITY2}/360321/360321100/360321100201/"
    assert Region.objects.get(pk=regions["county2"].pk).path == "36/3603/360322/"
    assert seen_by(people["supervisor"]) == {villager.pk}
    assert seen_by(people["supervisor2"]) == set()
    check_tree()


def test_a_new_code_takes_everything_along_and_the_old_one_still_leads_there(
    people: Any, regions: dict[str, Any], villager: Learner, client: Client
) -> None:
    moving.relocate(region=regions["county"], parent=regions["city"], code="360399")
    assert Region.objects.get(pk=regions["village"].pk).path == "36/3603/360399/360321100/360321100201/"
    assert seen_by(people["supervisor"]) == {villager.pk}
    client.force_login(people["supervisor"])
    assert client.get("/supervision/?region=360321").status_code == 200
    client.force_login(people["supervisor2"])
    assert client.get("/supervision/?region=360321").status_code == 404
    moving.relocate(region=regions["county"], parent=regions["city"], code="360321")
    assert list(OldRegionCode.objects.values_list("code", flat=True)) == ["360399"]
    check_tree()


def test_figures_reports_and_waiting_work_of_a_place_go_by_its_new_code(
    people: Any, regions: dict[str, Any], villager: Learner
) -> None:
    now = timezone.now()
    services.take_snapshot(Scope(ScopeKind.REGION, "360321"), now)
    EvaluationSnapshot.objects.create(kind="module", key="x", region_code="360321", as_of=now, model="1")
    scope = Scope(ScopeKind.REGION, "360321")
    report = EvaluationReport.objects.create(
        kind="region", key="360321", region=regions["county"], title="河西县", language="zh-hans", as_of=now
    )
    waits, _new = jobs.ask_for(kind=JobKind.EVALUATE, key="360321", as_of=now, by=None)
    narrowed, _new = jobs.ask_for(kind=JobKind.EVALUATE, key="module:x@360321", as_of=now, by=None)
    paper, _new = jobs.ask_for(kind=JobKind.REPORT, key=f"{scope}:zh-hans:2026-10", as_of=now, by=None)
    before = EvaluationSnapshot.objects.of(scope).get().figures
    moving.relocate(region=regions["county"], parent=regions["city"], code="360399")
    assert EvaluationSnapshot.objects.of(Scope(ScopeKind.REGION, "360399")).get().figures == before
    assert not EvaluationSnapshot.objects.of(scope).exists()
    assert EvaluationSnapshot.objects.of(Scope("module", "x", "360399")).count() == 1
    report.refresh_from_db()
    assert report.scope == Scope(ScopeKind.REGION, "360399")
    found = {row.pk: row.key for row in Job.objects.all()}
    assert found[waits.pk] == "360399"
    assert found[narrowed.pk] == "module:x@360399"
    assert found[paper.pk] == "region:360399:zh-hans:2026-10"
    assert access.scope_for(people["supervisor"], "region", "360321")[0].key == "360399"


def test_work_that_ran_while_the_place_moved_stores_nothing_and_is_done_again(
    regions: dict[str, Any], city2: Region, villager: Learner
) -> None:
    job, _new = jobs.ask_for(kind=JobKind.EVALUATE, key="tree", as_of=timezone.now(), by=None)

    def work(job: Job, pulse: jobs.Pulse) -> None:
        moving.relocate(region=regions["county"], parent=city2, code="360399")
        services.evaluate(job, pulse)

    jobs.run(job.pk, work)
    job.refresh_from_db()
    assert job.state == JobState.QUEUED
    assert not EvaluationSnapshot.objects.exists()
    jobs.run(job.pk, services.evaluate)
    codes = set(EvaluationSnapshot.objects.filter(kind="region").values_list("key", flat=True))
    assert {"360399", CITY2} <= codes
    assert not codes & {"360321", "3603"}


@pytest.mark.django_db(transaction=True)
def test_the_sums_of_old_and_new_surroundings_are_counted_at_once() -> None:
    regions = make_regions()
    city2 = Region.objects.create(
        code=CITY2, parent=regions["province"], level=2, name_zh="另", name_en="Other"
    )
    for number in range(5):  # fewer are not shown
        Learner.objects.create(user=make_user(f"wu{number}", PASSWORD), region=regions["village"])
    services.take_snapshot(Scope(ScopeKind.REGION, ""), timezone.now() - dt.timedelta(hours=1))
    moving.relocate(region=regions["county"], parent=city2, code="360321")
    job = Job.objects.get()
    jobs.run(job.pk)
    newest = EvaluationSnapshot.objects.of(Scope(ScopeKind.REGION, CITY2)).first()
    assert newest is not None
    people = next(row for row in newest.figures if row["code"] == "registered")
    assert people["value"] == 5


# --- what cannot be -------------------------------------------------------------------------------------


def test_a_place_never_stands_below_itself_nor_on_another_step(regions: dict[str, Any]) -> None:
    before = list(Region.objects.values_list("pk", "path"))
    for parent in (regions["village"], regions["county"], regions["province"], None):
        with pytest.raises(DomainError):
            moving.relocate(region=regions["county"], parent=parent, code="360321")
    for code in ("360322", "abc", "1", "1234567890123"):
        with pytest.raises(DomainError):
            moving.relocate(region=regions["county"], parent=regions["city"], code=code)
    assert list(Region.objects.values_list("pk", "path")) == before
    assert not OldRegionCode.objects.exists()


def test_nothing_but_the_service_changes_where_a_place_stands(regions: dict[str, Any], city2: Region) -> None:
    county = Region.objects.get(pk=regions["county"].pk)
    for change in ({"code": "360377"}, {"parent": city2}, {"level": 4}):
        row = Region.objects.get(pk=county.pk)
        for name, value in change.items():
            setattr(row, name, value)
        with pytest.raises(TypeError):
            row.save()
        with pytest.raises(TypeError):
            Region.objects.filter(pk=county.pk).update(**change)
    with pytest.raises(TypeError), transaction.atomic():
        Region.objects.bulk_update([county], ["path"])
    county.name_en = "Renamed"
    county.save()
    county.refresh_from_db()
    assert (county.code, county.parent_id, county.name_en) == ("360321", regions["city"].pk, "Renamed")
    check_tree()


def test_an_old_code_of_one_place_cannot_become_anothers(regions: dict[str, Any]) -> None:
    moving.relocate(region=regions["county"], parent=regions["city"], code="360399")
    with pytest.raises(DomainError):
        moving.relocate(region=regions["county2"], parent=regions["city"], code="360321")
    assert Region.objects.get(pk=regions["county2"].pk).code == "360322"


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_make_no_circle() -> None:
    """Each would be right alone: one after the other the second finds the tree as the first left it."""
    regions = make_regions()
    city2 = Region.objects.create(code=CITY2, parent=regions["province"], level=2, name_zh="另", name_en="O")
    refused: list[Exception] = []

    def go(**wanted: Any) -> None:
        try:
            moving.relocate(**wanted)
        except DomainError as error:
            refused.append(error)
        finally:
            connection.close()

    wanted = [
        {"region": regions["county"], "parent": city2, "code": "360321"},
        {"region": regions["county"], "parent": regions["city"], "code": "360388"},
        {"region": regions["township"], "parent": regions["county2"], "code": "360321100"},
        {"region": city2, "parent": regions["province"], "code": "3688"},
    ]
    threads = [threading.Thread(target=go, kwargs=row) for row in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not refused
    check_tree()


# --- merging --------------------------------------------------------------------------------------------


@evidence.writing("record_act")
def test_a_place_goes_into_another_with_all_that_hangs_on_it(
    people: Any, regions: dict[str, Any], villager: Learner, make_user: Any
) -> None:
    day = timezone.localdate()
    cohort = Cohort.objects.create(
        title="河西班", trainer=people["trainer"], region=regions["county"], starts_on=day, ends_on=day
    )
    record = LearningRecord.objects.create(
        uuid=uuid.uuid4(), learner=villager, verb="completed", object_type="lesson", object_id="x",
        region=regions["county"], happened_at=timezone.now(), fingerprint="f",
    )  # fmt: skip
    RoleGrant.objects.create(user=people["supervisor"], role="supervisor", region=regions["county2"])
    for county in ("county", "county2"):
        EvaluationReport.objects.create(
            kind="module", key="x", region=regions[county], title="x", language="en", as_of=timezone.now(),
            month="2026-10", made_at=timezone.now(),
        )  # fmt: skip
    moving.merge(source=regions["county"], into=regions["county2"])
    kept = regions["county2"]
    assert not Region.objects.filter(code="360321").exists()
    assert seen_by(people["supervisor"]) == seen_by(people["supervisor2"]) == {villager.pk}
    assert people["supervisor"].role_grants.count() == 1
    cohort.refresh_from_db()
    record.refresh_from_db()
    assert cohort.region_id == record.region_id == kept.pk
    assert EvaluationReport.objects.filter(region=kept).count() == 2
    assert Region.objects.get(pk=regions["village"].pk).path == "36/3603/360322/360321100/360321100201/"
    assert access.place_of(people["supervisor"], "360321") == kept
    check_tree()


def test_only_places_of_one_level_are_merged(regions: dict[str, Any]) -> None:
    for other in ("county", "township", "city"):
        with pytest.raises(DomainError):
            moving.merge(source=regions["county"], into=regions[other])
    assert Region.objects.count() == 7


def test_every_column_that_names_a_place_is_handed_over(regions: dict[str, Any]) -> None:
    """A table made tomorrow is found by itself: nothing is written down by hand."""
    found = {(model._meta.label, name) for model, name in moving.holders()}
    assert {
        ("learners.Learner", "region"), ("learners.Cohort", "region"), ("learners.LearningRecord", "region"),
        ("learners.HistoricalCohort", "region"), ("accounts.RoleGrant", "region"),
        ("evaluation.EvaluationReport", "region"),
    } <= found  # fmt: skip
    from django.apps import apps

    named = {
        (model._meta.label, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model is Region
    } - {("accounts.Region", "parent"), ("accounts.OldRegionCode", "region")}
    assert named == found


# --- any series ---------------------------------------------------------------------------------------------

STEP = st.tuples(
    st.sampled_from(["move", "code", "merge"]), st.integers(0, 30), st.integers(0, 30), st.integers(0, 9)
)


@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=st.lists(STEP, max_size=8))
def test_after_any_series_paths_follow_parents_and_nobody_is_lost(db: None, steps: list[Any]) -> None:
    with transaction.atomic():
        made = make_regions()
        city2 = Region.objects.create(code=CITY2, parent=made["province"], level=2, name_zh="另", name_en="O")
        third = Region.objects.create(code="360401", parent=city2, level=3, name_zh="三", name_en="Third")
        Region.objects.create(code="360401100", parent=third, level=4, name_zh="四", name_en="Fourth")
        learners = [Learner.objects.create(region=made[name]) for name in ("village", "village2", "county2")]
        codes = set(Region.objects.values_list("code", flat=True))
        for what, one, other, digit in steps:
            rows = list(Region.objects.order_by("pk"))
            region, second = rows[one % len(rows)], rows[other % len(rows)]
            try:
                if what == "move":
                    moving.relocate(region=region, parent=second, code=region.code)
                elif what == "code":
                    code = f"{region.code[:-1]}{digit}"
                    moving.relocate(region=region, parent=region.parent, code=code)
                    codes.add(code)
                else:
                    moving.merge(source=region, into=second)
            except DomainError:
                pass
            check_tree()
        top = Region.objects.get(level=1)
        assert Learner.objects.filter(region__path__startswith=top.path).count() == len(learners)
        for code in codes:
            assert Region.objects.coded(code).count() == 1  # every code there ever was leads to one place
        transaction.set_rollback(True)


# --- the file, the nightly look, the desk ----------------------------------------------------------------------


def test_a_file_moves_a_place_and_knows_old_codes(regions: dict[str, Any], tmp_path: Path) -> None:
    moving.relocate(region=regions["county"], parent=regions["city"], code="360399")
    file = tmp_path / "regions.csv"
    file.write_text(
        "code,parent,level,name_zh,name_en\n360321,3603,3,旧名,Old name\n"
        "360321100,360322,4,township县,township\n360321101,360321,4,新乡,New\n"
    )
    call_command("import_regions", str(file), verbosity=0)
    assert Region.objects.get(code="360399").name_en == "county"  # the old row does not undo the new name
    assert Region.objects.get(code="360321100").parent == regions["county2"]
    assert Region.objects.get(code="360321101").parent == regions["county"]
    check_tree()


def test_a_file_that_asks_for_a_circle_changes_nothing(regions: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "regions.csv"
    file.write_text("code,parent,level,name_zh,name_en\n360321,360322,3,甲,A\n")
    with pytest.raises(CommandError):
        call_command("import_regions", str(file), verbosity=0)
    assert Region.objects.get(code="360321").parent == regions["city"]


def test_the_nightly_look_finds_and_repairs_a_place_that_stands_wrong(
    regions: dict[str, Any], people: Any, client: Client, caplog: Any
) -> None:
    models.QuerySet(Region).filter(pk=regions["village"].pk).update(path="36/0000/360321100201/")
    tasks.check_places()
    assert "36/0000/360321100201/" in caplog.text
    assert gauges.places_wrong() == 1
    client.force_login(people["operator"])
    assert "check_places" in client.get("/admin/accounts/region/").content.decode()
    with pytest.raises(CommandError):
        call_command("check_places")
    call_command("check_places", "--repair")
    check_tree()
    assert "check_places" not in client.get("/admin/accounts/region/").content.decode()


def test_the_operator_moves_recodes_and_merges_on_the_desk(
    client: Client, people: Any, regions: dict[str, Any], city2: Region, villager: Learner
) -> None:
    client.force_login(people["operator"])
    page = f"/admin/accounts/region/{regions['county'].pk}/change/"
    form = {"code": "360321", "parent": city2.pk, "name_zh": "县", "name_en": "County"}
    assert client.post(page, form).status_code == 302
    assert client.post(page, form | {"code": "360399"}).status_code == 302
    assert Region.objects.get(pk=regions["village"].pk).path == f"36/{CITY2}/360399/360321100/360321100201/"
    refused = client.post(page, form | {"code": "360399", "parent": regions["township"].pk})
    assert "A place cannot stand below itself." in refused.content.decode() or refused.status_code == 200
    assert Region.objects.get(pk=regions["county"].pk).parent == city2
    merge = f"/admin/accounts/region/{regions['county'].pk}/merge/"
    assert "360399" in client.get(merge).content.decode()
    wrong = client.post(merge, {"into": "360321100", "sure": "1"})
    assert wrong.status_code == 200
    assert Region.objects.filter(pk=regions["county"].pk).exists()
    looked = client.post(merge, {"into": "360322"})
    assert looked.status_code == 200
    assert Region.objects.filter(pk=regions["county"].pk).exists()  # seen, not done
    assert client.post(merge, {"into": "360322", "sure": "1"}).status_code == 302
    assert not Region.objects.filter(pk=regions["county"].pk).exists()
    assert seen_by(people["supervisor2"]) == {villager.pk}
    check_tree()


def test_only_the_operator_gets_to_the_page_for_merging(
    client: Client, people: Any, regions: dict[str, Any]
) -> None:
    page = f"/admin/accounts/region/{regions['county'].pk}/merge/"
    for name in ("learner", "helper", "trainer", "supervisor"):
        client.force_login(people[name])
        assert client.post(page, {"into": "360322", "sure": "1"}).status_code == 404
        assert Region.objects.filter(pk=regions["county"].pk).exists()
