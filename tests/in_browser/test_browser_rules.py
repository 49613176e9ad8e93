"""The ten rules of the screen, in a real browser at 360 pixels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from assessments.models import Attempt, Quiz
from courses.blocks import spoken
from courses.exchange import content_files
from courses.grammar.prose import LIMITS, longest_sentence
from courses.models import Block, Media, Module
from tests.browser import (
    BARE_ICONS,
    LESSON,
    MODULE,
    OPEN_PAGES,
    SMALL_TARGETS,
    SMALL_TEXT,
    WIDER,
    answer,
    learnt_pages,
    path_of,
    read_module,
    take_quiz,
    tap,
)
from tests.conftest import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


# --- the rules of the screen ---------------------------------------------------------------------------


def test_rule_1_home_module_lesson_and_never_deeper(visitor: Any, url: str) -> None:
    page = visitor()
    page.goto(f"{url}/modules/")
    tap(page, "main a.module")
    assert re.fullmatch(r"/modules/[\w-]+/", path_of(page))
    tap(page, "main ol a.item")
    assert path_of(page).startswith("/lessons/")
    assert page.locator("header nav a").count() == 4
    assert page.locator("header details, header [aria-haspopup]").count() == 0


def test_rule_2_taps_from_home(visitor: Any, url: str) -> None:
    page = visitor()
    page.goto(url)
    tap(page, "main ul a.item")  # any task on the front page: one tap to the lesson
    assert page.locator("article section p").first.is_visible()
    page.goto(url)
    tap(page, "nav a[href^='/questions/ask/']")
    page.fill("textarea[name=text]", "怎么寄？")
    tap(page, "main form button.button.go")
    assert "怎么寄？" in page.locator("main").inner_text()
    page.goto(f"{url}/quizzes/{Quiz.objects.get(module__slug='window-light').pk}/")
    while not page.locator("button[name=choice]").count():  # several answers are right: more than one tap
        answer(page)
        tap(page, "main a.button.go")
    tap(page, "button[name=choice]")
    assert page.locator(".why").is_visible()


def test_rule_3_works_without_script_and_no_page_is_wider_than_the_phone(visitor: Any, url: str) -> None:
    wider = []
    for elder in ("", "1", "xl"):
        for lang in ("zh-hans", "en"):
            page = visitor(lang=lang, elder=elder)
            paths = OPEN_PAGES + (learnt_pages(page, url) if lang == "en" else [])
            for path in paths:
                page.goto(url + path)
                if page.evaluate(WIDER) > 0:
                    wider.append(f"{path} {lang} {elder}")
    assert wider == []


@pytest.mark.parametrize(("elder", "least", "size"), [("", 44, 16), ("1", 60, 18), ("xl", 60, 18)])
def test_rule_4_large_text_and_large_targets(
    visitor: Any, url: str, elder: str, least: int, size: int
) -> None:
    page, small = visitor(elder=elder), {}
    for path in OPEN_PAGES + learnt_pages(page, url):
        page.goto(url + path, wait_until="domcontentloaded")
        for row in page.evaluate(SMALL_TARGETS, least) + page.evaluate(SMALL_TEXT, size):
            small.setdefault(row, path)
    assert small == {}


def test_rule_4_the_large_switch_is_visible_and_remembered(visitor: Any, url: str) -> None:
    page = visitor()
    page.goto(f"{url}{LESSON}")
    before = float(
        page.locator("article p").first.evaluate("el => parseFloat(getComputedStyle(el).fontSize)")
    )
    tap(page, "header a.switch[role=button]")
    assert path_of(page) == LESSON
    page.goto(url)
    page.goto(f"{url}{LESSON}")
    after = float(page.locator("article p").first.evaluate("el => parseFloat(getComputedStyle(el).fontSize)"))
    assert after > before
    assert after >= 18


def test_rule_5_icons_have_words_and_the_speaker_needs_a_voice(visitor: Any, url: str) -> None:
    page = visitor()
    page.add_init_script("speechSynthesis.getVoices = () => [];")
    page.goto(f"{url}{LESSON}")
    assert page.locator("[data-say]").count() > 0
    assert page.locator("[data-say]:visible").count() == 0
    for path in OPEN_PAGES:
        page.goto(url + path)
        assert page.evaluate(BARE_ICONS) == [], path
    speaking = visitor()
    speaking.add_init_script("speechSynthesis.getVoices = () => [{lang: 'zh-CN'}];")
    speaking.goto(f"{url}{LESSON}")
    assert speaking.locator("[data-say]:visible").count() == speaking.locator("[data-say]").count()
    assert "太阳光" in speaking.locator("article").inner_text()
    spoken = visitor(lang="en")  # what stands in Chinese on an English page is for a Chinese voice
    spoken.add_init_script("speechSynthesis.getVoices = () => [{lang: 'zh-CN'}];")
    lesson = Module.objects.get(slug="window-light").published.lessons.first()
    assert lesson is not None
    Block.objects.filter(lesson=lesson, position=1).update(heading_en="", body_en="")
    spoken.goto(f"{url}{LESSON}?fresh=1")
    assert spoken.locator("[data-say]:visible").count() == 1


def test_rule_6_media_say_their_size_and_wait_for_the_tap(visitor: Any, url: str) -> None:
    lesson = Module.objects.get(slug="window-light").published.lessons.first()
    media = Media.objects.create(
        sha256="a" * 64, file="m/talk.mp3", mime="audio/mpeg", bytes=300_000, seconds=75, label="talk"
    )
    last = lesson.blocks.order_by("position").last()
    Block.objects.create(
        lesson=lesson, position=last.position + 1, kind="audio", media=media,
        heading_zh="听王婶说", heading_en="Auntie Wang speaks", body_zh="她说。", body_en="She speaks.",
    )  # fmt: skip
    page, asked = visitor(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{url}{LESSON}")
    page.wait_for_timeout(300)
    box = page.locator(".media").inner_text()
    assert re.search(r"1 分 15 秒", box), box
    assert re.search(r"0\.3|300", box), box
    assert not [address for address in asked if "talk.mp3" in address]
    assert page.locator("audio, video, iframe").count() == 0
    page.locator("[data-play]").tap()
    page.wait_for_timeout(300)
    assert [address for address in asked if "talk.mp3" in address]
    pictures = page.locator("article img")
    assert all(img.get_attribute("width") and img.get_attribute("alt") for img in pictures.all())
    without = visitor(java_script_enabled=False)
    without.goto(f"{url}{LESSON}")
    assert (without.locator("[data-play]").get_attribute("href") or "").endswith("talk.mp3")


@pytest.fixture
def served(site: Any) -> Iterator[Any]:
    """A site as it is served in life: compressed files named by content, gunicorn."""
    site.env.pop("MOOC_TESTING", None)
    site.manage("collectstatic", "--noinput", "--verbosity", "0")
    site.start()
    yield site
    site.kill()


def wire(page: Any, address: str) -> tuple[int, list[str]]:
    """Bytes over the wire without pictures, and the requests made, for one visit."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    kinds: dict[str, str] = {}
    urls: dict[str, str] = {}
    sizes: dict[str, float] = {}
    cached: set[str] = set()

    def received(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event["type"]
        urls[event["requestId"]] = event["response"]["url"]
        if event["response"].get("fromDiskCache"):
            cached.add(event["requestId"])

    session.on("Network.responseReceived", received)
    session.on("Network.requestServedFromCache", lambda event: cached.add(event["requestId"]))
    session.on(
        "Network.loadingFinished",
        lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}),
    )
    page.goto(address, wait_until="networkidle")
    session.detach()
    pictures = {key for key, kind in kinds.items() if kind == "Image" and "/media/" in urls[key]}
    counted = set(kinds) - pictures - cached
    return round(sum(sizes.get(key, 0) for key in counted)), [urls[key] for key in counted]


@pytest.mark.parametrize("path", ["/", "/modules/", MODULE, LESSON])
def test_rule_7_a_visit_is_light(phone: Any, served: Any, path: str) -> None:
    page = phone()
    first, requests = wire(page, served.url + path)
    assert first <= 18 * 1024, requests
    assert len(requests) <= 6, requests
    if path == LESSON:  # what keeps acts on the phone comes once, with the first touch
        with page.expect_response(lambda response: "/acts." in response.url):
            page.mouse.wheel(0, 300)
    again, requests = wire(page, served.url + path)
    assert again <= 8_000, requests


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_rule_8_errors_say_what_to_do_and_keep_what_was_typed(visitor: Any, url: str, lang: str) -> None:
    page = visitor(lang=lang)
    page.goto(f"{url}/accounts/login/")
    page.fill("input[name=phone]", "12")
    tap(page, "form[action='/accounts/code/send/'] button")
    assert page.locator("input[name=phone]").input_value() == "12"
    words = page.locator(".error").first.inner_text()
    assert len(words) > 5
    assert bool(re.search(r"[\u4e00-\u9fff]", words)) == (lang == "zh-hans")
    page.goto(f"{url}/questions/ask/")
    page.evaluate("document.querySelector('form[action=\"/questions/ask/\"]').noValidate = true")
    long = "长" * 3000  # more than a question may have
    page.fill("textarea[name=text]", long)
    tap(page, "main form button.button.go")
    assert page.locator("textarea[name=text]").input_value() == long
    assert page.locator(".error").is_visible()


def test_rule_9_level_1_sentences_are_short() -> None:
    long = []
    for source in content_files.read_tree(ROOT / "courses" / "content"):
        if source.header.get("level") != "L1":
            continue
        for lesson in source.lessons:
            for lang, blocks in lesson.blocks.items():
                for _line, part in spoken(blocks):
                    size, sentence = longest_sentence(part, lang)
                    if size > LIMITS[lang, "L1"][2]:
                        long.append(f"{source.path.name} {lesson.number} {lang} {size}: {sentence}")
    assert LIMITS["zh", "L1"][2] == 20
    assert LIMITS["en", "L1"][2] == 15
    assert long == []


def test_rule_9_english_pages_are_english(visitor: Any, url: str) -> None:
    page, left = visitor(lang="en"), []
    han = "() => document.querySelector('main').innerText.match(/[\\u4e00-\\u9fff]+/g) || []"
    for path in [p for p in OPEN_PAGES if "/search/" not in p]:
        page.goto(url + path)
        left += [f"{path} {word}" for word in page.evaluate(han)]
    assert left == []
    page.goto(f"{url}{LESSON}")
    tap(page, "header a.switch[lang='zh-Hans']")
    assert path_of(page) == LESSON
    assert page.locator("html").get_attribute("lang") == "zh-Hans"


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_rule_10_figures_come_with_what_they_are_of(visitor: Any, url: str, lang: str) -> None:
    page = visitor(lang=lang)
    read_module(page, url)
    take_quiz(page, url, wrong=2)
    attempt = Attempt.objects.get()
    words = page.locator("main").inner_text()
    assert re.search(rf"{attempt.right}\D+{attempt.total}|{attempt.total}\D+{attempt.right}", words)
    assert not re.search(r"\bp\s*[=<]\s*0?\.\d", words)
    page.goto(f"{url}{MODULE}")
    assert re.search(r"2\D+2", page.locator("main").inner_text())
