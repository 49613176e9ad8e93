"""Pictures of the pages and of their parts, as the documents show them: ``python -m tests.bench.pictures``.

It needs the demonstration running (``make run``); another address than http://127.0.0.1:8000 is the argument.
``docs/screens`` gets whole screens in two languages and two widths, ``docs/look`` the parts of the learner's
pages that ``docs/look.md`` names. A part is cut out of a page on which it really stands.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image

from tests.conftest import CHROMIUM, ROOT

LESSON, MODULE, THEME = "/lessons/eggs-that-survive/", "/modules/pack-and-ship/", "/answers/product-photo/"
SCREENS = {
    "home": "/", "modules": "/modules/", "tracks": "/tracks/", "module": MODULE, "lesson": LESSON,
    "ask": "/questions/ask/", "answer": THEME, "login": "/accounts/login/",
}  # fmt: skip
LEARNERS_SCREENS = {"home-learner": "/", "me": "/me/"}
AROUND = 8  # pixels of the page that are seen around a part
STILL = "*{animation:none!important;transition:none!important}.bar{display:none!important}"


class Part(NamedTuple):
    """A picture of ``docs/look``: where it stands, and what is done before it is taken."""

    name: str
    path: str
    selector: str
    before: Callable[[Any], object] = lambda page: None
    learner: bool = False


def tap(selector: str) -> Callable[[Any], object]:
    """A step before a picture: tap the first of these."""
    return lambda page: page.locator(selector).first.click()


def send(page: Any) -> None:
    """A button as it is while its form is on the way. An answer without content leaves the page where it is."""
    page.route(
        "**/questions/ask/",
        lambda route: route.fulfill(status=204) if route.request.method == "POST" else route.continue_(),
    )
    page.fill("textarea[name=text]", "?")
    page.locator("main form .button.go").click()
    page.wait_for_selector("[aria-busy=true]")


PARTS = (
    Part("top", "/modules/", "header.top"),
    Part("bar", "/", ".bar"),
    Part("hero", "/", ".hero"),
    Part("head", "/", ".head"),
    Part("foot", "/", ".foot"),
    Part("crumb", LESSON, ".crumb"),
    Part("button", "/accounts/login/", ".buttons"),
    Part("button-go", MODULE, "main .button.go"),
    Part("button-hot", "/", ".button.hot"),
    Part("button-busy", "/questions/ask/", "main form .button.go", send),
    Part("segments", "/modules/", ".segments"),
    Part("choose", "/modules/", ".choose", tap(".choose summary")),
    Part("search", "/modules/", ".search"),
    Part("list", "/", ".list"),
    Part("tiles", "/", ".tiles"),
    Part("modules", "/modules/", ".module"),
    Part("folds", "/tracks/", ".fold", tap(".fold summary")),
    Part("empty", "/me/privacy/", ".empty"),
    Part("pages", "/questions/others/", ".pages"),
    Part("note", "/accounts/login/", ".note"),
    Part("tag", "/questions/others/", ".list .tag"),
    Part("panel", "/help/", ".panel"),
    Part("teacher", MODULE, ".teacher"),
    Part("steps", LESSON, ".steps"),
    Part("aim", LESSON, ".aim"),
    Part("figure", LESSON, ".figure"),
    Part("trick", LESSON, ".trick"),
    Part("check", LESSON, ".check", tap(".try summary")),
    Part("rubric", MODULE, ".rubric", learner=True),
    Part("beam", MODULE, ".beam", learner=True),
    Part("why", "/questions/others/", ".why", tap("main ul a.item")),
    Part("field", "/accounts/login/", "form .field"),
    Part("options", "/feedback/report/?lesson=eggs-that-survive", ".options"),
    Part("table", "/me/", ".table", learner=True),
    Part("lines", "/me/", ".lines", learner=True),
    Part("matrix", "/", ".matrix"),
    Part("facts", MODULE, ".facts"),
    Part("figures", "/me/", ".figures", learner=True),
)  # fmt: skip


def main() -> int:
    """Take every picture from a running demonstration."""
    from playwright.sync_api import sync_playwright

    address = (sys.argv[1:] or ["http://127.0.0.1:8000"])[0]
    flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=flags)
        for width, height in ((360, 740), (1280, 900)):
            for lang in ("zh", "en"):
                screens(browser, address, lang, {"width": width, "height": height})
        parts(browser, address)
        browser.close()
    return 0


def parts(browser: Any, address: str) -> None:
    """The parts of ``docs/look``, on a phone in English. Each is seen by somebody who was never here, or by the
    learner of the demonstration."""
    for part in (*PARTS, ANSWERED):
        page = visitor(browser, address, "en", {"width": 360, "height": 900}, learner=part.learner)
        page.goto(address + part.path)
        part.before(page)
        if part.name != "bar":
            page.add_style_tag(content=STILL)
        page.mouse.move(0, 0)
        page.wait_for_timeout(300)
        box = page.locator(part.selector).first.bounding_box()
        top = page.evaluate("() => scrollY") + box["y"]
        clip = {
            "x": max(0, box["x"] - AROUND), "y": max(0, top - AROUND),
            "width": min(360, box["width"] + 2 * AROUND), "height": min(640, box["height"] + 2 * AROUND),
        }  # fmt: skip
        picture = page.screenshot(full_page=part.name != "bar", clip=clip)
        keep(picture, ROOT / "docs" / "look" / f"{part.name}.png")
        page.context.close()


def visitor(browser: Any, address: str, lang: str, viewport: dict[str, int], *, learner: bool) -> Any:
    """A page of somebody who reads this language, signed in or not. Our own styles are let through."""
    context = browser.new_context(viewport=viewport, bypass_csp=True, service_workers="block")
    page = context.new_page()
    if learner:
        page.goto(f"{address}/accounts/login/")
        page.fill("input[name=login]", "learner")
        page.fill("input[name=password]", "rural-2026")
        page.click("form[action='/accounts/login/'] button")
        page.wait_for_load_state()
    code = {"zh": "zh-hans"}.get(lang, lang)
    context.add_cookies([{"name": "django_language", "value": code, "url": address}])
    return page


def screens(browser: Any, address: str, lang: str, viewport: dict[str, int]) -> None:
    """Whole screens: what is seen first, without scrolling on a desk and in full on a phone."""
    for learner, paths in ((False, SCREENS), (True, LEARNERS_SCREENS)):
        page = visitor(browser, address, lang, viewport, learner=learner)
        for name, path in paths.items():
            page.goto(address + path)
            page.wait_for_timeout(300)  # for the pictures that come late
            keep(page.screenshot(), ROOT / "docs" / "screens" / f"{name}-{viewport['width']}-{lang}.png")
        if not learner:
            quiz(page, address, lang, viewport["width"])
        page.context.close()


def quiz(page: Any, address: str, lang: str, width: int) -> None:
    """The first question of a quiz, and the last page of it."""
    folder = ROOT / "docs" / "screens"
    page.goto(f"{address}{MODULE}quiz/")
    keep(page.screenshot(), folder / f"quiz-{width}-{lang}.png")
    while not page.locator("main .list .badge").count():
        answer(page)
        tap("main a.button.go")(page)
        page.wait_for_load_state()
    keep(page.screenshot(), folder / f"result-{width}-{lang}.png")


def answer(page: Any) -> None:
    """Any answer to the question that is open."""
    boxes = page.locator("label.option")
    if boxes.count():
        boxes.first.click()
        page.locator("form .button.go").click()
    else:
        page.locator("button[name=choice]").first.click()
    page.wait_for_selector(".why")


def answer_wrong(page: Any) -> None:
    """The options of a question after an answer that was not right."""
    answer(page)
    while not page.locator(".option.wrong").count():
        tap("main a.button.go")(page)
        page.wait_for_load_state()
        answer(page)


def keep(picture: bytes, path: Path) -> None:
    """Written small: 128 colours are enough for flat drawings and letters."""
    path.parent.mkdir(exist_ok=True)
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(128).save(path, optimize=True)
    print(path.relative_to(ROOT), path.stat().st_size)


ANSWERED = Part("options-done", f"{MODULE}quiz/", ".options", answer_wrong)

if __name__ == "__main__":
    sys.exit(main())
