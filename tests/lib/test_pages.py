"""Cached pages with a personal overlay: fast, and never somebody else's."""

from __future__ import annotations

import datetime as dt
import gzip
import re
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone, translation
from django.utils.html import escape

from assessments.models import Quiz, ReviewCard
from courses.models import Block, LessonEdition, Module
from courses.publishing.services import NotReady, publish_module, withdraw_module
from learners.models import LessonProgress
from mooc.lib.pages import look, slots
from mooc.lib.privacy import evidence
from tests.acts import answer_next, post, read_lesson, take_quiz

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
HOT = ["/", "/modules/", "/modules/window-light/", "/lessons/borrow-the-window/", "/tracks/"]


@pytest.mark.parametrize("path", HOT)
def test_guest_pages_hold_no_token_no_name_and_no_cookie(client: Client, make_user: Any, path: str) -> None:
    member = Client()
    member.force_login(make_user("li", display_name="李桂香"))
    assert "李桂香" in member.get(path).content.decode()
    answer = client.get(path)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "csrfmiddlewaretoken" not in html
    assert "李桂香" not in html
    assert answer.cookies == {}
    assert not any(mark in html for mark in (slots.OPEN, slots.MID, slots.CLOSE))


def test_done_marks_are_the_persons_own(client: Client) -> None:
    read_lesson(client, "borrow-the-window")
    assert 'class="badge good"' in client.get("/modules/window-light/").content.decode()
    assert 'class="badge good"' not in Client().get("/modules/window-light/").content.decode()


def test_an_unchanged_page_is_not_sent_again(client: Client) -> None:
    first = client.get("/modules/window-light/")
    again = client.get("/modules/window-light/", HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    read_lesson(client, "borrow-the-window")
    assert client.get("/modules/window-light/", HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200


def test_what_a_person_sees_is_never_given_to_the_next(make_user: Any) -> None:
    phone = Client()
    phone.force_login(make_user("li"))
    mine = phone.get("/modules/window-light/")
    phone.logout()
    assert phone.get("/modules/window-light/", HTTP_IF_NONE_MATCH=mine["ETag"]).status_code == 200
    assert mine["Cache-Control"] == "private, no-cache"
    assert {"Cookie", "Accept-Language", "Accept-Encoding"} <= {v.strip() for v in mine["Vary"].split(",")}


def test_compressed_and_plain_are_the_same_page(client: Client) -> None:
    plain = client.get("/lessons/borrow-the-window/").content
    packed = client.get("/lessons/borrow-the-window/", HTTP_ACCEPT_ENCODING="gzip")
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain
    read_lesson(client, "borrow-the-window")
    own = client.get("/modules/window-light/", HTTP_ACCEPT_ENCODING="gzip")
    assert gzip.decompress(own.content) == client.get("/modules/window-light/").content


def test_the_stylesheet_is_small() -> None:
    css = (settings.BASE_DIR / "static" / "css" / "look.css").read_bytes()
    assert len(gzip.compress(css, 9)) <= 9 * 1024


def test_language_and_large_text_are_remembered_and_come_back(client: Client) -> None:
    answer = client.get("/prefs/?lang=en&next=/modules/%3Flevel%3DL1")
    assert answer.headers["Location"] == "/modules/?level=L1"
    assert 'lang="en"' in client.get("/modules/").content.decode()[:200]
    client.get("/prefs/?elder=1&next=/")
    assert 'class="elder"' in client.get("/").content.decode()[:200]


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_nobody_is_sent_to_another_site(client: Client, target: str) -> None:
    assert client.get("/prefs/", {"lang": "en", "next": target}).headers["Location"] == "/"


def test_unknown_parameters_make_no_new_page(client: Client) -> None:
    client.get("/modules/")
    size = len(slots.memory._pages)
    for number in range(5):
        client.get(f"/modules/?utm={number}&x=<script>")
    assert len(slots.memory._pages) == size


def test_the_memory_stays_within_its_bound() -> None:
    memory = slots.PageMemory(10_000)
    for number in range(50):
        memory.put(str(number), slots.Page.from_html("x" * 500 + str(number), 200))
    assert memory.size <= 10_000
    assert memory.get("49") is not None
    assert memory.get("0") is None


def test_a_half_edited_draft_is_not_seen_until_it_is_published(client: Client) -> None:
    module = Module.objects.get(slug="window-light")
    block = (
        Block.objects.filter(lesson__edition=module.draft, kind="text")
        .order_by("lesson__position", "position")
        .first()
    )
    assert block
    block.body_zh = "新写的一句话。"
    block.save()
    assert "新写的一句话" not in client.get("/lessons/borrow-the-window/").content.decode()
    publish_module(module=module)
    assert "新写的一句话" in client.get("/lessons/borrow-the-window/").content.decode()


def test_a_draft_that_says_nothing_in_either_language_is_not_published(client: Client) -> None:
    module = Module.objects.get(slug="window-light")
    before = module.published_id
    Block.objects.filter(lesson__edition=module.draft, kind="tip").update(body_en="", body_zh="")
    with pytest.raises(NotReady):
        publish_module(module=module)
    module.refresh_from_db()
    assert module.published_id == before


def test_a_withdrawn_module_is_gone_but_progress_stays(client: Client) -> None:
    read_lesson(client, "borrow-the-window")
    withdraw_module(module=Module.objects.get(slug="window-light"))
    for path in ("/modules/window-light/", "/lessons/borrow-the-window/"):
        assert client.get(path).status_code == 404
    assert LessonProgress.objects.count() == 1


def test_filters_combine_and_counts_are_right(client: Client) -> None:
    html = client.get("/modules/?level=L2&category=logi").content.decode()
    assert html.count('<a class="module') == 1
    assert client.get("/modules/?level=L3").content.decode().count('<a class="module') == 0
    for params in ("?level=nonsense", "?minutes=1e9", "?audience=%00", "?category=%F0%9F%98%80"):
        assert client.get(f"/modules/{params}").content.decode().count('<a class="module') == 2


def test_a_filter_leads_nowhere_only_where_nothing_is(client: Client) -> None:
    html = client.get("/modules/").content.decode()
    for href in {part.split('"')[0] for part in html.split('class="chip" href="')[1:]}:
        target = href.replace("&amp;", "&")
        page = client.get(target if target.startswith("/") else f"/modules/{target}").content.decode()
        assert page.count('<a class="module') + page.count('<li><a class="item" href="/lessons/') > 0


def test_pages_that_fail_say_so_in_both_languages(client: Client) -> None:
    for language, words in (("zh-hans", "这里没有这一页"), ("en", "This page is not here")):
        client.cookies["django_language"] = language
        answer = client.get("/nothing/here/")
        assert answer.status_code == 404
        assert escape(words) in answer.content.decode()


def test_search_finds_colloquial_words_and_notes_what_is_missing(client: Client) -> None:
    from courses.models import SearchQuery

    html = client.get("/search/", {"q": "照片发黄咋办"}).content.decode()
    assert "/search/open/" in html
    link = html.split('href="/search/open/')[1].split('"')[0]
    assert client.get(f"/search/open/{link}").headers["Location"].startswith("/lessons/")
    found = SearchQuery.objects.get(text="照片发黄咋办")
    assert found.hits > 0
    assert found.seconds_to_lesson is not None
    client.get("/search/", {"q": "怎么养猪"})
    assert SearchQuery.objects.get(text="怎么养猪").hits == 0


@pytest.mark.parametrize(
    "text", ["", " ", "'\"*(){}[]:^~", "\x00\x01", "NEAR(a b)", "😀" * 50, "字" * 5000, "\u202eabc", "a OR b"]
)
def test_search_takes_any_text(client: Client, text: str) -> None:
    assert client.get("/search/", {"q": text}).status_code == 200


def test_media_come_in_parts_and_cannot_run(client: Client) -> None:
    html = client.get("/lessons/borrow-the-window/").content.decode()
    path = "/media/m/" + html.split('src="/media/m/')[1].split('"')[0]
    whole = client.get(path)
    body = b"".join(whole.streaming_content)  # type: ignore[attr-defined]  # a file response
    part = client.get(path, HTTP_RANGE="bytes=10-19")
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 10-19/{len(body)}")
    assert b"".join(part.streaming_content) == body[10:20]  # type: ignore[attr-defined]  # as above
    assert "sandbox" in whole["Content-Security-Policy"]
    assert whole["X-Content-Type-Options"] == "nosniff"
    assert "Cookie" not in whole.get("Vary", "")  # else the phone loads it again once it has a cookie
    assert client.get(path, HTTP_RANGE="bytes=999999999-").status_code == 416
    for bad in ("/media/../secret_key", "/media/m/x.svg", "/media/secret_key", "/media/m/%2e%2e/secret_key"):
        assert client.get(bad).status_code == 404


def test_going_on_leads_to_the_block_that_was_on_the_screen(client: Client) -> None:
    slug = "borrow-the-window"
    assert f"/lessons/{slug}/#b" not in client.get("/").content.decode()
    for block, there in ((2, ""), (4, "#b4")):  # two blocks fit on a phone: that is the top
        act = {"id": str(uuid.uuid4()), "verb": "leave", "seconds": "20", "block": str(block)}
        post(client, f"/lessons/{slug}/acts/", act)
        for page in ("/", "/modules/window-light/", "/me/"):
            assert f'href="/lessons/{slug}/{there}"' in client.get(page).content.decode(), page
    assert 'id="b4"' in client.get(f"/lessons/{slug}/").content.decode()


# --- the learner's own front page -------------------------------------------------------------------


def finish(client: Client, slug: str) -> None:
    """Read all lessons of a module and pass its quiz."""
    for lesson in LessonEdition.objects.filter(edition__published_of__slug=slug).select_related("lesson"):
        read_lesson(client, lesson.lesson.slug)
    take_quiz(client, Quiz.objects.get(module__slug=slug).pk)


def test_the_front_page_of_a_learner_goes_on_instead_of_showing_the_house_again(client: Client) -> None:
    read_lesson(client, "borrow-the-window")
    html = client.get("/").content.decode()
    assert 'href="/lessons/clean-ground/"' in html
    assert 'class="matrix"' not in html
    assert 'class="tile' not in html
    assert 'class="matrix"' in Client().get("/").content.decode()


def test_who_finished_a_module_is_led_to_the_next_one_with_the_reason(client: Client) -> None:
    finish(client, "window-light")
    hero = client.get("/").content.decode().split('class="hero"')[1].split("</form>")[0]
    assert 'href="/modules/parcel/"' in hero
    finish(client, "parcel")
    html = client.get("/").content.decode()
    assert 'class="button hot full" href="/me/"' in html
    assert "把村里的好货" not in html  # never again the greeting of a first visit


def test_what_is_due_for_review_stands_on_the_front_page(client: Client) -> None:
    answer_next(client, Quiz.objects.get(module__slug="window-light").pk, right=False)
    read_lesson(client, "borrow-the-window")
    assert 'class="note warn block" href="/me/review/"' not in client.get("/").content.decode()
    with evidence.writing("review_item"):
        ReviewCard.objects.update(due_at=timezone.now() - dt.timedelta(minutes=1))
    assert 'class="note warn block" href="/me/review/"' in client.get("/").content.decode()


def test_five_minutes_means_lessons_of_five_minutes(client: Client) -> None:
    html = client.get("/modules/?minutes=5").content.decode()
    shown = {part.split("/")[0] for part in html.split('<li><a class="item" href="/lessons/')[1:]}
    short = LessonEdition.objects.filter(edition__published_of__isnull=False, minutes__lte=5)
    assert shown == set(short.values_list("lesson__slug", flat=True))
    assert shown
    assert 'href="/modules/?minutes=5#r"' in client.get("/").content.decode()
    assert 'id="r"' in html


def test_modules_of_a_track_show_what_is_finished(client: Client) -> None:
    finish(client, "window-light")
    assert 'class="badge good"' in client.get("/tracks/").content.decode()
    assert 'class="badge good"' not in Client().get("/tracks/").content.decode()


def test_what_passing_a_quiz_lays_over_the_module_is_the_persons_own(client: Client) -> None:
    quiz = Quiz.objects.get(module__slug="window-light")
    asked = f'href="/quizzes/{quiz.pk}/"><span class="badge"><'
    passed = f'href="/quizzes/{quiz.pk}/"><span class="badge good">'
    take_quiz(client, quiz.pk, wrong=5)
    assert asked in client.get("/modules/window-light/").content.decode()  # tried and not passed
    take_quiz(client, quiz.pk)
    assert passed in client.get("/modules/window-light/").content.decode()
    assert asked in Client().get("/modules/window-light/").content.decode()


def test_counts_of_the_catalogue_are_of_the_rows_it_lists(client: Client) -> None:
    client.cookies["django_language"] = "en"
    for address in ("/modules/", "/modules/?minutes=5"):
        html = client.get(address).content.decode()
        listed = html.count('<a class="module') or html.split('id="r"')[1].count('href="/lessons/')
        chosen = re.findall(
            r'aria-current="true">.*?<span class="small quiet">(\d+)<span class="unseen"> (\w+)', html
        )
        assert chosen
        assert {count for count, _what in chosen} == {str(listed)}
        assert {what for _count, what in chosen} == {"lessons" if "minutes" in address else "modules"}


def test_a_file_without_a_lesson_leads_to_one(client: Client) -> None:
    client.cookies["django_language"] = "en"
    post(client, "/questions/ask/", {"text": "手机没有窗户怎么拍？", "id": str(uuid.uuid4())})
    page = client.get("/me/").content.decode()
    assert "Choose a lesson" in page
    assert "手机没有窗户怎么拍？" in page
    assert "Quizzes" not in page  # a heading over nothing


# --- dates as people say them -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "this_year", "another"),
    [
        ("en", "5 November, 17:04", "5 November 2020, 17:04"),
        ("zh-hans", "11 月 5 日 17:04", "2020 年 11 月 5 日 17:04"),
    ],
)
def test_days_and_moments_are_said_in_one_form_by_the_clock_of_the_place(
    lang: str, this_year: str, another: str
) -> None:
    with translation.override(lang):
        for year, said in ((timezone.localtime().year, this_year), (2020, another)):
            at = dt.datetime(year, 11, 5, 9, 4, tzinfo=dt.UTC)  # 17:04 in Shanghai
            assert look.moment(at).replace("\u00a0", " ") == said
            assert look.moment(at).startswith(look.day(at))
            assert " " not in look.day(at)  # never broken at the end of a line


def test_names_in_a_row() -> None:
    with translation.override("en"):
        assert [look.listed(names) for names in ([], ["a"], ["a", "b", "c"])] == ["", "a", "a, b, c"]
    with translation.override("zh-hans"):
        assert look.listed(["开店", "直播"]) == "开店、直播"


@pytest.mark.parametrize(
    ("minutes", "en", "zh"),
    [(0, "1 minute", "1 分钟"), (59, "59 minutes", "59 分钟"), (60, "1 hour", "1 小时"), (1439, "23 hours", "23 小时"),
     (1440, "1 day", "1 天"), (73 * 1440, "73 days", "73 天")],
)  # fmt: skip
def test_a_span_in_its_largest_unit(minutes: int, en: str, zh: str) -> None:
    start = timezone.now()
    for lang, said in (("en", en), ("zh-hans", zh)):
        with translation.override(lang):
            assert look.span(start, start + dt.timedelta(minutes=minutes)).replace("\u00a0", " ") == said


def test_a_refused_box_is_where_the_page_opens() -> None:
    """On a small phone the box and its sentence stand below the fold: whoever was refused is taken there."""
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        for tag in re.findall(
            r"<(?:input|textarea|select)\b(?:\{%.*?%\}|[^>{]|\{\{.*?\}\})*>", path.read_text()
        ):
            assert "aria-invalid" not in tag or "autofocus" in tag, (path.name, tag)


def test_the_arrow_that_leads_on_stands_after_its_word() -> None:
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        assert not re.search(r'class="button[^>]*>\{% icon "go" %\}', path.read_text()), path.name
