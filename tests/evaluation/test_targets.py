"""Targets are rows: set with a reason by whoever looks after every place, in force from their day, never changed."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from django.test import Client
from django.utils import timezone, translation

from assessments.evaluation import selectors as boards
from assessments.evaluation import services as counting
from assessments.evaluation import tasks
from assessments.evaluation.closing import months
from assessments.evaluation.data import Light, Scope, ScopeKind
from assessments.evaluation.measure import catalogue
from assessments.evaluation.measure.catalogue import BY_CODE, CATALOGUE, MODEL, SHIPPED
from assessments.evaluation.measure.readings import BASES, NOT_SAID
from assessments.evaluation.measure.versions import VERSIONS
from assessments.evaluation.models import Target
from assessments.evaluation.targets import selectors, services
from courses import standing
from courses.models import Module
from mooc.accounts.models import Region
from mooc.lib.errors import DomainError
from mooc.lib.privacy import evidence
from tests import world
from tests.conftest import ROOT

pytestmark = [pytest.mark.django_db]
TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)


def set_one(by: Any, percent: int = 75, code: str = "passed", **given: Any) -> Target:
    usual: dict[str, Any] = {
        "tier": "", "valid_from": TODAY, "why": "省里今年的要求", "act_id": uuid.uuid4(),
        "seen": selectors.last_number(code),
    }  # fmt: skip
    return services.set_target(code=code, percent=percent, by=by, **(usual | given))


def refused(by: Any, **given: Any) -> str:
    """The code of the refusal; nothing is stored."""
    before = Target.objects.count()
    with pytest.raises(DomainError) as wrong:
        set_one(by, **given)
    assert Target.objects.count() == before
    return str(wrong.value.code)


@pytest.fixture
def operator(people: dict[str, Any]) -> Any:
    people["operator"].display_name = "刘建国"
    people["operator"].save()
    return people["operator"]


def test_what_the_model_ships_with_holds_until_somebody_sets_another(operator: Any) -> None:
    assert selectors.in_force(TODAY) == SHIPPED
    set_one(operator, 75)
    assert selectors.in_force(TODAY) == SHIPPED | {"passed": 0.75}
    assert selectors.in_force(TODAY - DAY) == SHIPPED


def test_a_target_holds_from_its_day_on_and_of_one_day_the_one_set_last(operator: Any) -> None:
    set_one(operator, 75, valid_from=TODAY + 10 * DAY)
    set_one(operator, 70)
    assert [selectors.in_force(TODAY + n * DAY)["passed"] for n in (0, 9, 10)] == [0.7, 0.7, 0.75]
    set_one(operator, 70, valid_from=TODAY + 10 * DAY)  # taken back
    assert selectors.in_force(TODAY + 10 * DAY)["passed"] == 0.7
    assert Target.objects.count() == 3


@pytest.mark.usefixtures("curriculum")
def test_a_level_judges_its_single_modules_and_falls_back_to_all(operator: Any) -> None:
    module = Module.objects.get(slug=world.SLUG)
    set_one(operator, 70)
    set_one(operator, 60, tier=module.level)
    other = next(level for level in ("L1", "L2", "L3") if level != module.level)
    scopes = [
        Scope(ScopeKind.MODULE, world.SLUG),
        Scope(ScopeKind.REGION, "360321"),
        Scope(ScopeKind.COURSE, "x"),
    ]
    assert [selectors.for_scope(scope)["passed"] for scope in scopes] == [0.6, 0.7, 0.7]
    assert selectors.in_force(TODAY, other)["passed"] == 0.7


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"percent": 0}, "range"), ({"percent": 100}, "range"), ({"valid_from": TODAY - DAY}, "day"),
        ({"valid_from": TODAY + 900 * DAY}, "day"), ({"why": " \n "}, "reason"), ({"code": "people"}, "unknown"),
        ({"code": "nothing"}, "unknown"), ({"tier": "L9"}, "unknown"), ({"percent": 80}, "same"),
    ],
)  # fmt: skip
def test_what_is_no_target_is_refused(operator: Any, given: dict[str, Any], code: str) -> None:
    assert refused(operator, **given) == code


def test_only_who_looks_after_every_place_sets_what_judges_every_place(
    people: dict[str, Any], regions: dict[str, Any], make_user: Any
) -> None:
    for name in ("learner", "helper", "trainer"):
        assert refused(people[name]) == "not_yours", name
    assert refused(people["supervisor"]) == "not_yours"  # another county lies beside theirs
    top = Region.objects.order_by("level").first()
    assert set_one(make_user("top", role="supervisor", region=top)).place_zh == top.name_zh  # type: ignore[union-attr]


def test_the_county_itself_sets_them_where_the_site_is_that_county_s(
    make_user: Any, regions: dict[str, Any]
) -> None:
    county = regions["county"]
    alone = Region.objects.exclude(path__startswith=county.path).exclude(
        code__in=county.path.strip("/").split("/")
    )
    for row in alone.order_by("-level"):
        models.QuerySet(Region).filter(pk=row.pk).delete()
    chief = make_user("chief", role="supervisor", region=county)
    row = set_one(chief)
    assert (row.role, row.place_zh, row.who_name) == ("supervisor", county.name_zh, str(chief))
    village = make_user("village_chief", role="supervisor", region=regions["village"])
    assert refused(village, percent=66) == "not_yours"


def test_a_second_tap_does_nothing_twice(operator: Any) -> None:
    act = uuid.uuid4()
    first = set_one(operator, act_id=act)
    assert set_one(operator, act_id=act, seen=0) == first
    assert Target.objects.count() == 1


def test_whoever_is_second_is_told_what_the_first_set(operator: Any) -> None:
    set_one(operator, 75)
    with pytest.raises(DomainError) as wrong:
        set_one(operator, 60, seen=0)
    assert wrong.value.code == "faster"
    assert str(operator) in str(wrong.value.message)
    assert "75%" in str(wrong.value.message)
    assert Target.objects.count() == 1
    set_one(operator, 60, code="graduated", seen=0)  # another figure is nobody's second


def test_the_database_holds_range_day_reason_and_number(operator: Any) -> None:
    row = set_one(operator)
    good = {
        field.attname: getattr(row, field.attname)
        for field in Target._meta.concrete_fields
        if field.attname != "id"
    }
    wrong: list[dict[str, Any]] = [
        {"value": Decimal("1.00")}, {"value": Decimal("0.00")}, {"valid_from": TODAY - DAY}, {"why": ""}, {"number": 1},
    ]  # fmt: skip
    for columns in wrong:
        new = {"uuid": uuid.uuid4(), "number": 9} | columns
        with pytest.raises(IntegrityError), transaction.atomic(), evidence.writing("set_target"):
            Target.objects.create(**(good | new))


@pytest.mark.parametrize("way", ["save", "delete", "update"])
def test_a_target_that_stands_is_not_changed(operator: Any, way: str) -> None:
    row = set_one(operator)
    ways = {
        "save": row.save,
        "delete": row.delete,
        "update": lambda: Target.objects.update(value=Decimal("0.5")),
    }
    with pytest.raises(evidence.EvidenceRefused):
        ways[way]()


def test_what_is_set_on_the_day_of_closing_judges_no_month_that_is_over(operator: Any) -> None:
    month = months.last_over(TODAY)
    before = selectors.of_month(month)
    set_one(operator, 50)  # before or after the closing of that night: the month's last day is over
    assert selectors.of_month(month) == before == SHIPPED
    assert selectors.in_force(TODAY)["passed"] == 0.5


# --- the pages -----------------------------------------------------------------------------------------


def signed_in(user: Any) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def form(**changes: Any) -> dict[str, Any]:
    usual = {"code": "passed", "tier": "", "percent": "75", "valid_from": TODAY.isoformat(), "why": "New plan",
             "seen": "0", "id": str(uuid.uuid4())}  # fmt: skip
    return usual | changes


def test_setting_one_by_the_form_and_reading_it_as_a_guest(operator: Any) -> None:
    client, guest = signed_in(operator), Client(headers={"accept-language": "en"})
    assert "New plan" not in guest.get("/model/").content.decode()
    assert client.post("/supervision/targets/", form()).status_code == 302
    html = guest.get("/model/").content.decode()
    assert "New plan" in html
    assert str(operator) not in html
    assert str(operator) in client.get("/supervision/targets/").content.decode()


def test_a_refused_form_keeps_what_was_typed_and_stores_nothing(operator: Any) -> None:
    client = signed_in(operator)
    answer = client.post("/supervision/targets/", form(percent="many"))
    assert answer.status_code == 400
    assert "New plan" in answer.content.decode()
    assert not Target.objects.exists()


def test_whoever_may_not_sees_the_history_and_no_form(people: dict[str, Any]) -> None:
    client = signed_in(people["supervisor"])
    assert "Set the target" not in client.get("/supervision/targets/").content.decode()
    assert client.post("/supervision/targets/", form()).status_code == 400
    assert not Target.objects.exists()


@pytest.mark.usefixtures("curriculum")
def test_board_and_api_judge_alike_by_the_target_of_today(
    operator: Any, make_user: Any, regions: dict[str, Any]
) -> None:
    made = world.build(make_user, regions)
    set_one(operator, 33)
    scope = Scope(ScopeKind.REGION, "")
    counting.take_snapshot(scope, made["now"])
    lights = boards.board(scope, None, operator).lights
    rows = signed_in(operator).get("/api/v1/evaluations/?kind=region&key=").json()["indicators"]
    assert {row["code"]: row["light"] for row in rows if row["light"]} == {
        one.figure.code: str(one.light) for one in lights
    }
    assert {row["code"]: row["target"] for row in rows if row["target"]} == SHIPPED | {"passed": 0.33}
    assert next(one for one in lights if one.figure.code == "passed").target == "33%"


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_the_public_page_says_of_every_figure_what_it_says_and_what_not(lang: str) -> None:
    html = Client(headers={"accept-language": lang}).get("/model/").content.decode()
    with translation.override(lang):
        for line in CATALOGUE:
            for text in (line.title, line.meaning, NOT_SAID[line.code]):
                assert str(text).replace("'", "&#x27;") in html, line.code
        for version in VERSIONS:
            assert all(str(change) in html for change in version.changes)
        for light in Light:
            assert light == Light.NONE or str(light.label) in html, light
    assert "52–86%" in html  # 18 of 25, by the function that computes every range


def test_the_model_for_programs_is_the_page_s(operator: Any) -> None:
    set_one(operator, 75)
    told = Client().get("/api/v1/model/").json()
    found = {row["code"]: row for row in told["indicators"]}
    assert found.keys() == BY_CODE.keys()
    assert (found["passed"]["target"], found["passed"]["target_since"]) == (0.75, TODAY.isoformat())
    assert str(operator) not in str(told)


def test_every_figure_has_what_it_does_not_say_and_every_share_its_base() -> None:
    assert NOT_SAID.keys() == BY_CODE.keys()
    for line in CATALOGUE:
        assert line.unit != "share" or line.denominator in BASES, line.code


def test_the_last_version_told_is_the_model_s() -> None:
    assert VERSIONS[-1].number == MODEL
    assert catalogue.target_of(BY_CODE["passed"]) == 0.8


@pytest.mark.parametrize(("lang", "name"), [("en", "figures.md"), ("zh-hans", "figures.zh.md")])
def test_the_guide_for_supervisors_says_what_the_model_says(lang: str, name: str) -> None:
    guide = (ROOT / "docs" / name).read_text(encoding="utf-8")
    with translation.override(lang):
        rows = [f"| {line.title} | {line.meaning} | {NOT_SAID[line.code]} |" for line in CATALOGUE]
    assert [row for row in guide.splitlines() if row.startswith("|")][2:] == rows


def test_a_target_that_begins_today_is_on_the_public_page(
    operator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_one(operator, 66, valid_from=TODAY + DAY)
    guest = Client()
    assert "66%" not in _in_force(guest)
    monkeypatch.setattr(timezone, "localdate", lambda *_when: TODAY + DAY)
    tasks.targets_begin()
    standing.forget()
    assert "66%" in _in_force(guest)


def _in_force(client: Client) -> str:
    """What the public page says of one figure."""
    html = client.get("/model/").content.decode()
    return html.partition('id="passed"')[2].partition("</b>")[0]
