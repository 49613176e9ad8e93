"""Whoever has a role finds the work: after signing in, at the foot of every page, and where a page is not."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from learners.classes import cohorts
from learners.models import Cohort
from learners.people.guests import learner_of

pytestmark = [pytest.mark.django_db]
WORK = {"trainer": "/admin/", "supervisor": "/supervision/", "helper": "/classes/", "operator": "/admin/"}


def sign_in(name: str, address: str = "/accounts/login/") -> Any:
    client = Client()
    answer = client.post(address, {"login": name, "password": "rural-2026"}, follow=True)
    return client, answer.redirect_chain[-1][0]


@pytest.mark.parametrize(("role", "address"), WORK.items())
def test_signing_in_leads_to_the_work(role: str, address: str, people: dict[str, Any]) -> None:
    _client, landed = sign_in(role)
    assert landed == address


def test_a_learner_lands_on_the_own_file_and_finds_no_desk(people: dict[str, Any]) -> None:
    client, landed = sign_in("learner")
    assert landed == "/me/"
    html = client.get("/help/").content.decode()
    assert not [address for address in WORK.values() if f'href="{address}"' in html]


def test_where_somebody_was_going_comes_first(people: dict[str, Any]) -> None:
    _client, landed = sign_in("supervisor", "/accounts/login/?next=/help/")
    assert landed == "/help/"


@pytest.mark.parametrize(("role", "address"), WORK.items())
def test_every_page_leads_there_also_one_that_is_not(role: str, address: str, people: dict[str, Any]) -> None:
    client = Client()
    client.force_login(people[role])
    for path, status in (("/help/", 200), ("/me/", 200), ("/nothing/", 404)):
        answer = client.get(path)
        assert answer.status_code == status
        assert f'href="{address}"' in answer.content.decode()


@pytest.mark.usefixtures("curriculum")
def test_class_pages_lead_back_to_the_desk_and_a_helper_keeps_the_learners_menu(
    people: dict[str, Any], regions: dict[str, Any]
) -> None:
    day = timezone.localdate()
    cohort = Cohort.objects.create(
        title="河西班", trainer=people["trainer"], region=regions["village"], starts_on=day, ends_on=day
    )
    learner = cohorts.join_cohort(learner=learner_of(people["learner"]), cohort=cohort).learner
    pages = ["/classes/", f"/classes/{cohort.pk}/", f"/classes/{cohort.pk}/{learner.pk}/"]
    back = {"trainer": "/admin/", "operator": "/admin/", "supervisor": "/supervision/", "helper": ""}
    for role, address in back.items():
        client = Client()
        client.force_login(people[role])
        for path in pages[1:] if role == "supervisor" else pages:
            html = client.get(path).content.decode()
            menu, top = (
                html[html.index("<nav") : html.index("</nav>")],
                html[html.index("<main") :].split("<h1")[0],
            )
            assert ('href="/questions/ask/"' in menu) == (not address), (role, path)
            if address:
                assert f'href="{address}"' in menu, (role, path)
                assert f'href="{address}"' in top, (role, path)
            assert 'href="/classes/"' not in html or role != "supervisor"  # it has no list of classes
            assert '<p class="crumb"></p>' not in html
