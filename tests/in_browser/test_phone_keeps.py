"""What the phone keeps, in a real browser: pages to read without network, words that were being typed, and
nothing of anybody else's."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from feedback.models import ContentReport, Question
from learners.models import Learner, LearningRecord
from learners.people.guests import learner_of
from learners.record import receipts
from tests.asking import answered
from tests.browser import LESSON, MODULE, sign_in, tap
from tests.conftest import CHROMIUM, PASSWORD, ROOT
from tests.network import CACHED, Network, stored, until, until_sent, with_worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ASK = "/questions/ask/"
SEND = "main form button.button.go"
FIELD_NAMED_ACTION = """() => document.querySelector("main form").insertAdjacentHTML(
  "beforeend", "<input type=hidden name=action value=called>")"""


@pytest.fixture
def network(url: str) -> Iterator[Network]:
    between = Network(url)
    yield between
    between.close()


def main(page: Any) -> str:
    return str(page.locator("main").inner_text())


def leave_unsent(page: Any, network: Network) -> None:
    """Ask something while the network is away; it waits on the phone."""
    page.goto(f"{network.url}{ASK}")
    until(page, lambda: page.evaluate("() => !!self.phone"))
    until_sent(page)  # the time in the lesson that was left
    network.turn("down")
    page.fill("textarea[name=text]", "李桂香问：鸡蛋怎么寄？")
    tap(page, SEND)
    assert [row["item"]["kind"] for row in stored(page)] == ["question"]


# --- lessons without network ----------------------------------------------------------------------------


def test_a_lesson_that_was_open_is_read_without_network_and_names_nobody(
    phone: Any, network: Network, make_user: Any
) -> None:
    make_user("guixiang", display_name="李桂香")
    page = phone()
    sign_in(page, network.url, "guixiang", PASSWORD)
    with_worker(page, network.url, "/modules/", MODULE, LESSON)
    until_sent(page)
    assert "李桂香" in page.locator("footer").inner_text()
    kept = page.evaluate("() => caches.keys()")
    for name in kept:
        for address, text in page.evaluate(CACHED, name).items():
            assert "李桂香" not in text, address
            if text.startswith("<!doctype"):
                assert 'name="csrfmiddlewaretoken"' not in text, address
                assert 'data-who=""' in text, address
    network.turn("down")
    page.goto(f"{network.url}{LESSON}")
    assert page.locator("article section p").first.is_visible()
    assert "李桂香" not in page.locator("body").inner_text()
    page.wait_for_timeout(2500)
    page.goto(f"{network.url}/tracks/")
    assert "李桂香" not in page.locator("body").inner_text()
    assert "网站没有回应" in main(page)
    page.locator(f"main a[href='{LESSON}']").wait_for()  # and shows what can be read
    assert {row["who"] for row in stored(page)} == {Learner.objects.get(user__username="guixiang").short_name}


def test_the_page_of_no_network_follows_language_letters_and_tells_a_stopped_site_from_it(
    phone: Any, network: Network
) -> None:
    page = phone()
    with_worker(page, network.url, "/modules/", MODULE, LESSON)
    page.goto(f"{network.url}/prefs/?lang=en&next=/help/")
    page.goto(f"{network.url}/prefs/?elder=xl&next=/help/")
    until(page, lambda: stored(page, "phone")[0]["look"] == "elder xl")
    network.turn("stopped")
    page.goto(f"{network.url}/tracks/")
    assert page.locator("h1:visible").inner_text() == "The site does not answer"
    assert page.locator("html").get_attribute("class") == "elder xl"
    assert not re.search(r"[一-鿿]", main(page))
    network.turn("down")
    page.context.set_offline(True)
    page.goto(f"{network.url}/tracks/")
    assert page.locator("h1:visible").inner_text() == "No network just now"


def test_a_network_that_takes_and_says_nothing_is_not_waited_for(phone: Any, network: Network) -> None:
    page = phone()
    with_worker(page, network.url, "/modules/", MODULE, LESSON)
    until_sent(page)
    network.turn("hole")
    began = page.evaluate("() => performance.timeOrigin")
    page.goto(f"{network.url}{LESSON}", wait_until="domcontentloaded")
    assert page.locator("article section p").first.is_visible()
    assert page.evaluate("() => performance.timeOrigin") - began < 8000
    page.goto(f"{network.url}/help/", timeout=20_000, wait_until="domcontentloaded")
    assert "网站没有回应" in main(page)


# --- one phone, several people ----------------------------------------------------------------------------


def test_what_waits_is_shown_and_sent_for_whoever_did_it_and_for_nobody_else(
    phone: Any, network: Network, make_user: Any
) -> None:
    make_user("guixiang", display_name="李桂香")
    make_user("wang", display_name="王长根")
    page = phone()
    sign_in(page, network.url, "guixiang", PASSWORD)
    with_worker(page, network.url, "/modules/", MODULE, LESSON)
    until_sent(page)
    leave_unsent(page, network)
    network.without = "/api/v1/sync/"  # signing out goes through, sending does not
    network.turn("up")
    page.goto(f"{network.url}/accounts/switch/")
    page.locator("[data-before-leaving]").wait_for()
    assert "还有 1 条没送出" in main(page)
    tap(page, "form[action='/accounts/logout/'] button")
    page.wait_for_timeout(500)
    network.without = ""
    sign_in(page, network.url, "wang", PASSWORD)
    page.goto(f"{network.url}/offline/")
    page.locator("[data-none]").wait_for()
    assert "鸡蛋" not in main(page)
    assert not Question.objects.exists()
    assert len(stored(page)) == 1
    page.goto(f"{network.url}/accounts/switch/")
    tap(page, "form[action='/accounts/logout/'] button")
    sign_in(page, network.url, "guixiang", PASSWORD)
    until_sent(page)
    assert str(Question.objects.get().learner.user) == "李桂香"


def test_somebody_else_on_the_phone_without_network_gets_a_name_of_their_own(
    phone: Any, network: Network
) -> None:
    page = phone()
    with_worker(page, network.url, "/modules/", MODULE, LESSON)
    until_sent(page)
    network.turn("down")
    page.goto(f"{network.url}/tracks/")
    before = stored(page, "phone")[0]["name"]
    tap(page, "[data-other]")
    assert stored(page, "phone")[0]["name"] != before
    page.goto(f"{network.url}{LESSON}")
    until(page, lambda: bool(stored(page)))
    network.turn("up")
    page.goto(f"{network.url}/modules/")
    page.wait_for_url(f"{network.url}/")  # the one before is signed out of this phone
    until_sent(page)
    until(page, lambda: Learner.objects.count() == 2)
    assert LearningRecord.objects.values("learner").distinct().count() == 2


def test_whoever_deletes_everything_leaves_nothing_on_the_phone_and_takes_nothing_of_others(
    phone: Any, network: Network, make_user: Any
) -> None:
    make_user("wang", display_name="王长根")
    page = phone()
    sign_in(page, network.url, "wang", PASSWORD)
    page.goto(f"{network.url}{LESSON}")
    until(page, lambda: bool(stored(page, "sent")))
    tap_out(page, network)
    page.goto(f"{network.url}{LESSON}")  # somebody without an account
    leave_unsent(page, network)
    network.turn("up")
    page.goto(f"{network.url}{ASK}")
    until_sent(page)
    page.fill("textarea[name=text]", "写了一半")
    until(page, lambda: bool(stored(page, "drafts")))
    assert "鸡蛋" in str(stored(page, "sent"))
    page.goto(f"{network.url}/me/privacy/")
    page.fill("input[name=word]", "删除")
    tap(page, "form[action='/me/privacy/delete/'] button")
    page.locator("text=都删了").first.wait_for()
    until(page, lambda: stored(page, "drafts") == [] and "鸡蛋" not in str(stored(page, "sent")))
    assert stored(page) == []
    assert len(stored(page, "sent")) > 0  # the other one's, who has not deleted anything


def tap_out(page: Any, network: Network) -> None:
    page.goto(f"{network.url}/accounts/switch/")
    tap(page, "form[action='/accounts/logout/'] button")
    page.wait_for_timeout(500)


# --- what was being typed ---------------------------------------------------------------------------------


def test_what_was_typed_stands_again_until_the_server_has_it(phone: Any, network: Network) -> None:
    page = phone()
    for path in ("/feedback/wish/", ASK):
        page.goto(f"{network.url}{path}")
        page.evaluate(FIELD_NAMED_ACTION)  # as on the page of somebody who needs help: it hides form.action
        page.fill("textarea[name=text]", "想学怎么拍")
        until(page, lambda: any(row["data"]["text"] == "想学怎么拍" for row in stored(page, "drafts")))
        page.goto("about:blank")  # the tab is gone without a word
        page.goto(f"{network.url}{path}")
        until(page, lambda: page.input_value("textarea[name=text]") == "想学怎么拍")
        tap(page, SEND)
        until(page, lambda: not stored(page, "drafts"))
        page.goto(f"{network.url}{path}")
        page.wait_for_timeout(800)
        assert page.input_value("textarea[name=text]") == ""
    assert ContentReport.objects.count() == Question.objects.count() == 1


def test_back_to_what_answered_a_form_shows_the_form_and_sends_nothing(
    phone: Any, network: Network, make_user: Any
) -> None:
    trainer = make_user("zhou", role="trainer", display_name="周老师")
    answered(learner_of(make_user("guixiang")), "鸡蛋怎么寄不会碎？", "一格一蛋。", trainer)
    page = phone()
    with_worker(page, network.url, "/modules/", MODULE, LESSON)
    until_sent(page)
    page.goto(f"{network.url}{ASK}")
    page.fill("textarea[name=text]", "鸡蛋咋寄才不碎")
    tap(page, SEND)  # it was answered before: nothing is asked yet
    assert "是不是这" in main(page)
    page.goto(f"{network.url}/help/")
    page.go_back()
    assert page.url == f"{network.url}{ASK}"
    until(page, lambda: page.input_value("textarea[name=text]") == "鸡蛋咋寄才不碎")
    assert stored(page) == []

    page.goto(f"{network.url}/accounts/login/")
    page.fill("input[name=phone]", "123")
    tap(page, "form[action='/accounts/code/send/'] button")
    page.goto(f"{network.url}/help/")
    page.go_back()
    assert page.url == f"{network.url}/accounts/login/"
    network.turn("down")
    page.fill("input[name=phone]", "13912345678")
    tap(page, "form[action='/accounts/code/send/'] button")
    assert page.locator("h1:visible").inner_text() == "这一条没有送出去"
    network.turn("up")
    page.goto(f"{network.url}/help/")
    page.go_back()
    assert page.locator("h1:visible").inner_text() == "这一条没有送出去"  # and says so still
    assert Question.objects.count() == 1


def test_other_words_in_a_form_that_came_back_are_another_act(phone: Any, network: Network) -> None:
    page = phone()
    page.goto(f"{network.url}/modules/")
    page.goto(f"{network.url}/feedback/wish/")
    until(page, lambda: page.locator("[name=phone_name]").count() == 1)
    page.evaluate(
        "() => document.querySelector('main form').addEventListener('submit', (e) => { setTimeout(() => 0); })"
    )
    form = "document.querySelector('main form')"
    send = f"""(text) => {{ const form = {form}; form.target = 'other'; form.querySelector('textarea').value = text;
      form.querySelector('button').click(); return form.querySelector('[name=id]').value; }}"""
    first = page.evaluate(send, "第一个心愿")
    page.wait_for_timeout(5000)  # the button is back; the form has its old id, as after "back"
    assert page.evaluate(send, "第一个心愿") == first
    page.wait_for_timeout(5000)
    assert page.evaluate(send, "第二个心愿") != first
    until(page, lambda: ContentReport.objects.count() == 2)


# --- storage ----------------------------------------------------------------------------------------------


def test_what_was_done_outlives_a_killed_browser(network: Network, tmp_path: Path, chromium: Any) -> None:
    flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    options: dict[str, Any] = {
        "executable_path": CHROMIUM, "args": flags, "locale": "zh-CN", "has_touch": True,
        "viewport": {"width": 360, "height": 740},
    }  # fmt: skip
    first = chromium.browser_type.launch_persistent_context(str(tmp_path / "profile"), **options)
    page = first.new_page()
    with_worker(page, network.url, "/modules/", MODULE, LESSON)
    until_sent(page)
    leave_unsent(page, network)
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if str(tmp_path).encode() in (folder / "cmdline").read_bytes():
                os.kill(int(folder.name), signal.SIGKILL)
        except (OSError, ProcessLookupError):
            continue
    for lock in (tmp_path / "profile").glob("Singleton*"):
        lock.unlink()
    network.turn("up")
    second = chromium.browser_type.launch_persistent_context(str(tmp_path / "profile"), **options)
    page = second.new_page()
    page.goto(f"{network.url}/modules/")
    until_sent(page)
    assert Question.objects.get().text == "李桂香问：鸡蛋怎么寄？"
    second.close()


def test_acts_are_sent_at_once_where_nothing_can_be_kept(phone: Any, url: str) -> None:
    page, errors = phone(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(
        "for (const n of ['localStorage', 'sessionStorage', 'indexedDB'])"
        " Object.defineProperty(window, n, {get() { throw new DOMException('no', 'SecurityError'); }});"
    )
    page.goto(f"{url}{LESSON}")
    for _second in range(30):
        page.wait_for_timeout(1000)
        if LearningRecord.objects.exists():
            break
    assert LearningRecord.objects.get().verb == "initialized"
    tap(page, "form[data-next] .button")
    assert Learner.objects.count() == 1
    assert errors == []


def test_acts_kept_by_an_older_version_are_taken_over_once(phone: Any, url: str) -> None:
    page = phone()
    page.goto(f"{url}/help/")
    old = {"id": "7a7d336a-c606-4265-94f2-5b674b2b5231", "at": "2026-01-01T08:00:00.000Z", "verb": "open"}
    rows = [{"who": "", "url": f"{LESSON}acts/", "data": old}]
    page.evaluate("(rows) => localStorage.setItem('acts', JSON.stringify(rows))", rows)
    page.goto(f"{url}/modules/")
    until(page, lambda: page.evaluate("() => localStorage.getItem('acts')") is None)
    until_sent(page)
    assert str(LearningRecord.objects.get().uuid) == old["id"]


def test_a_database_that_went_back_to_a_backup_gets_again_what_it_lost(phone: Any, url: str) -> None:
    page = phone()
    page.goto(f"{url}/modules/")
    page.goto(f"{url}{LESSON}")
    until(page, lambda: bool(stored(page, "sent")))
    kept = LearningRecord.objects.get()
    LearningRecord.objects.all()._raw_delete(LearningRecord.objects.db)  # what came after the backup
    receipts.renew_identity()
    page.goto(f"{url}{MODULE}")
    page.goto(f"{url}{LESSON}")
    until(page, lambda: LearningRecord.objects.filter(uuid=kept.uuid).exists())
    until_sent(page)
    assert LearningRecord.objects.filter(uuid=kept.uuid).count() == 1


def test_the_switch_puts_the_worker_away_and_spares_what_waits(
    phone: Any, network: Network, settings: Any
) -> None:
    page = phone()
    with_worker(page, network.url, "/modules/", MODULE, LESSON)
    until_sent(page)
    leave_unsent(page, network)
    settings.OFFLINE = False
    network.without = "/api/v1/sync/"
    network.turn("up")
    page.goto(f"{network.url}/help/")
    page.evaluate("() => navigator.serviceWorker.getRegistration().then((r) => r && r.update())")
    gone = "() => navigator.serviceWorker.getRegistrations().then((all) => all.length === 0)"
    until(page, lambda: page.evaluate(gone))
    assert page.evaluate("() => caches.keys()") == []
    assert [row["item"]["kind"] for row in stored(page)] == ["question"]


@pytest.mark.parametrize(
    "name", ["static/js/app.js", "static/js/acts.js", "templates/sw.js", "templates/sw_off.js"]
)
def test_scripts_are_understood_by_old_phones(name: str) -> None:
    """Chromium 78 and iOS 13: one sign they do not know, and the whole file is dead."""
    source = re.sub(r"//.*", "", (ROOT / name).read_text())
    unknown = {
        "?.": r"\?\.(?!\d)", "??": r"\?\?", "assignment": r"(\|\||&&)=", "look-behind": r"\(\?<[=!]",
        "static block": r"static\s*\{", "private": r"[.\s]#\w+\s*[(=;]", "newer calls":
        r"\.(replaceAll|at|hasOwn|requestSubmit|replaceChildren|flat|fromEntries|any|allSettled)\(|structuredClone|AbortSignal\.timeout",
        "top-level await": r"^await ", "big": r"\b\d+n\b", "separator": r"\d_\d",
    }  # fmt: skip
    found = {what: re.findall(pattern, source, re.MULTILINE) for what, pattern in unknown.items()}
    assert {what: hits for what, hits in found.items() if hits} == {}
