"""Who answers for a monthly paper: reported, signed by somebody above, from below to the top, taken back."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assessments.evaluation.closing import months, services, signing
from assessments.evaluation.data import SignAct
from assessments.evaluation.models import ClosedDrift, EvaluationReport, MonthClose, SignOff
from mooc.accounts.models import RoleGrant, User
from mooc.lib.errors import DomainError
from mooc.lib.privacy import evidence

pytestmark = [pytest.mark.django_db]
MONTH = months.last_over(timezone.localdate())


class Papers:
    """The sealed papers of a month of a county and a township of it, and people who look after places."""

    def __init__(self, regions: dict[str, Any], people: dict[str, Any], make_user: Any) -> None:
        self.regions, self.people = regions, people
        self.township_chief = make_user("township_chief", role="supervisor", region=regions["township"])
        self.county_chief: User = people["supervisor"]
        self.city_chief = make_user("city_chief", role="supervisor", region=regions["city"])
        self.operator: User = people["operator"]
        self.township, self.county = self.paper("township"), self.paper("county")

    def paper(self, place: str, **columns: Any) -> EvaluationReport:
        region = self.regions[place]
        now = timezone.now()
        usual = {"kind": "region", "key": region.code, "month": MONTH, "made_at": now, "sealed": True}
        return EvaluationReport.objects.create(
            region=region,
            title=str(region),
            language="zh-hans",
            as_of=months.end_of(MONTH),
            **(usual | columns),
        )


@pytest.fixture
def papers(regions: dict[str, Any], people: dict[str, Any], make_user: Any) -> Papers:
    return Papers(regions, people, make_user)


def do(report: EvaluationReport, act: str, by: User, **given: Any) -> SignOff:
    given.setdefault("seen", signing.standing(report).seen)
    return signing.sign_off(report=report, act=act, by=by, act_id=given.pop("act_id", uuid.uuid4()), **given)


def refused(report: EvaluationReport, act: str, by: User, **given: Any) -> str:
    """The code of the refusal; nothing is stored."""
    before = SignOff.objects.count()
    with pytest.raises(DomainError) as wrong:
        do(report, act, by, **given)
    assert SignOff.objects.count() == before
    return str(wrong.value.code)


def test_a_paper_goes_from_township_to_county_to_city_with_name_and_day(papers: Papers) -> None:
    do(papers.township, SignAct.COMPLETE, papers.township_chief)
    assert signing.standing(papers.township).state == SignAct.COMPLETE
    do(papers.township, SignAct.SIGNED, papers.county_chief)
    do(papers.county, SignAct.COMPLETE, papers.county_chief)
    do(papers.county, SignAct.SIGNED, papers.city_chief)
    signed = signing.standing(papers.county).signed
    assert signed
    assert (signed.who_name, timezone.localdate(signed.at)) == (str(papers.city_chief), timezone.localdate())


def test_nobody_signs_what_they_reported_nor_a_paper_of_their_own_place(papers: Papers) -> None:
    do(papers.township, SignAct.COMPLETE, papers.county_chief)  # in the township's place
    assert refused(papers.township, SignAct.SIGNED, papers.county_chief) == "not_yours"
    assert refused(papers.township, SignAct.SIGNED, papers.township_chief) == "not_yours"
    do(papers.township, SignAct.SIGNED, papers.city_chief)


def test_who_looks_after_another_county_may_nothing(papers: Papers) -> None:
    stranger = papers.people["supervisor2"]
    assert refused(papers.township, SignAct.COMPLETE, stranger) == "not_yours"
    do(papers.township, SignAct.COMPLETE, papers.township_chief)
    assert refused(papers.township, SignAct.SIGNED, stranger) == "not_yours"
    assert refused(papers.township, SignAct.TAKEN_BACK, stranger, reason="x") == "not_yours"


def test_all_below_are_signed_first(papers: Papers) -> None:
    do(papers.county, SignAct.COMPLETE, papers.county_chief)
    assert refused(papers.county, SignAct.SIGNED, papers.city_chief) == "below"
    do(papers.township, SignAct.COMPLETE, papers.township_chief)
    assert refused(papers.county, SignAct.SIGNED, papers.city_chief) == "below"
    do(papers.township, SignAct.SIGNED, papers.county_chief)
    do(papers.county, SignAct.SIGNED, papers.city_chief)


def test_only_the_nearest_papers_below_are_asked_for_and_none_of_a_place_that_is_no_more(
    papers: Papers,
) -> None:
    village = papers.paper("village")
    papers.paper("village2", key="360321100999")  # merged into it since; its paper stays to be read
    do(papers.county, SignAct.COMPLETE, papers.county_chief)
    assert signing.unsigned_below(papers.county) == [papers.township]
    assert signing.unsigned_below(papers.township) == [village]


def test_the_operator_signs_where_nobody_stands_above_and_only_there(papers: Papers) -> None:
    do(papers.township, SignAct.COMPLETE, papers.township_chief)
    assert refused(papers.township, SignAct.SIGNED, papers.operator) == "not_yours"
    do(papers.township, SignAct.SIGNED, papers.county_chief)
    RoleGrant.objects.filter(user=papers.city_chief).delete()
    do(papers.county, SignAct.COMPLETE, papers.county_chief)
    do(papers.county, SignAct.SIGNED, papers.operator)


def test_a_signature_is_taken_back_with_a_reason_and_from_the_top(papers: Papers) -> None:
    do(papers.township, SignAct.COMPLETE, papers.township_chief)
    do(papers.township, SignAct.SIGNED, papers.county_chief)
    do(papers.county, SignAct.COMPLETE, papers.county_chief)
    do(papers.county, SignAct.SIGNED, papers.city_chief)
    assert refused(papers.township, SignAct.TAKEN_BACK, papers.county_chief, reason="数错了") == "above"
    assert refused(papers.county, SignAct.TAKEN_BACK, papers.city_chief, reason="  ") == "reason"
    assert refused(papers.county, SignAct.TAKEN_BACK, papers.county_chief, reason="我") == "not_yours"
    do(papers.county, SignAct.TAKEN_BACK, papers.city_chief, reason="少一个村")
    do(papers.township, SignAct.TAKEN_BACK, papers.county_chief, reason="数错了")
    assert signing.standing(papers.township).state == signing.MADE
    told = list(papers.township.sign_offs.values_list("act", "reason"))
    assert told == [("complete", ""), ("signed", ""), ("taken_back", "数错了")]
    do(papers.township, SignAct.COMPLETE, papers.township_chief)


def test_a_second_tap_does_nothing_and_the_slower_of_two_is_told(papers: Papers) -> None:
    one = uuid.uuid4()
    first = do(papers.township, SignAct.COMPLETE, papers.township_chief, act_id=one, seen=0)
    assert do(papers.township, SignAct.COMPLETE, papers.township_chief, act_id=one, seen=0) == first
    assert refused(papers.township, SignAct.COMPLETE, papers.county_chief, seen=0) == "faster"
    assert SignOff.objects.count() == 1


@pytest.mark.parametrize("columns", [{"sealed": False}, {"made_at": None}, {"kind": "cohort"}])
def test_only_a_made_paper_of_closed_figures_is_signed(papers: Papers, columns: dict[str, Any]) -> None:
    other = papers.paper("city", **columns)
    assert refused(other, SignAct.COMPLETE, papers.city_chief) == "not_yours"


def test_acts_are_evidence(papers: Papers) -> None:
    row = do(papers.township, SignAct.COMPLETE, papers.township_chief)
    with pytest.raises(evidence.EvidenceRefused):
        SignOff.objects.filter(pk=row.pk).update(act=SignAct.SIGNED)
    with pytest.raises(evidence.EvidenceRefused):
        row.delete()


# --- on its face ----------------------------------------------------------------------------------------------------


def client_for(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@evidence.writing("close_month")
def changed(papers: Papers, people: int) -> None:
    """So many people of the township are counted otherwise since the month was closed."""
    close = MonthClose.objects.create(
        month=MONTH, begins=months.begin_of(MONTH), ends=months.end_of(MONTH), model="1", batch=uuid.uuid4()
    )
    place = "/{}/{}/{}/{}/".format(
        *(papers.regions[name].pk for name in ("province", "city", "county", "township"))
    )
    services.write_drift(close, services.Drift({("", place, place, False): people}))
    assert ClosedDrift.objects.get().people == people


def test_the_buttons_work_without_script_and_the_face_says_who_and_how_many_changed(papers: Papers) -> None:
    changed(papers, 3)
    path = f"/supervision/reports/{papers.township.pk}/"
    chief, county = client_for(papers.township_chief), client_for(papers.county_chief)
    chief.cookies["django_language"] = county.cookies["django_language"] = "en"
    html = chief.get(path, headers={"accept-language": "en"}).content.decode()
    assert 'value="complete"' in html
    assert 'value="signed"' not in html
    sent = chief.post(path + "sign/", {"act": "complete", "id": uuid.uuid4(), "seen": "0"})
    assert sent.headers["Location"] == path
    seen = SignOff.objects.get().pk
    assert 'value="signed"' in county.get(path).content.decode()
    county.post(path + "sign/", {"act": "signed", "id": uuid.uuid4(), "seen": str(seen)})
    assert signing.standing(papers.township).state == SignAct.SIGNED
    for page in (path, "/supervision/reports/"):
        html = county.get(page, headers={"accept-language": "en"}).content.decode()
        assert str(papers.county_chief) in html, page
        assert ": 3" in html or "：3" in html, page


def test_what_is_refused_says_why_and_keeps_the_reason(papers: Papers) -> None:
    do(papers.county, SignAct.COMPLETE, papers.county_chief)
    city = client_for(papers.city_chief)
    path = f"/supervision/reports/{papers.county.pk}/"
    seen = str(SignOff.objects.get().pk)
    answer = city.post(path + "sign/", {"act": "signed", "id": uuid.uuid4(), "seen": seen})
    assert answer.status_code == 400
    assert str(papers.regions["township"]) in answer.content.decode()
    answer = city.post(
        path + "sign/", {"act": "taken_back", "id": uuid.uuid4(), "seen": "0", "reason": "少一个村"}
    )
    assert answer.status_code == 400
    assert "少一个村" in answer.content.decode()


@pytest.mark.parametrize(
    ("who", "status"),
    [("guest", 302), ("learner", 404), ("helper", 404), ("trainer", 404), ("supervisor2", 404), ("supervisor", 302),
     ("operator", 302)],
)  # fmt: skip
def test_who_reaches_the_buttons(papers: Papers, who: str, status: int) -> None:
    client = Client() if who == "guest" else client_for(papers.people[who])
    for page in ("sign", "recount"):
        path = f"/supervision/reports/{papers.township.pk}/{page}/"
        data = {"act": "complete", "id": uuid.uuid4(), "seen": "0"}
        assert client.post(path, data).status_code == status, page
        assert client.get(path).status_code in (302, 404)
    assert SignOff.objects.count() == (who in ("supervisor", "operator"))
