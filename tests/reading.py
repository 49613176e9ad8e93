"""A reader of pages: signs in, follows links as a person would, and says what can be read on each page."""

from __future__ import annotations

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

PEOPLE = ("guest", "learner", "trainer", "helper", "supervisor", "operator")
PASSWORD = "rural-2026"
BEGIN = {
    "guest": [
        "/", "/modules/", "/tracks/", "/search/?q=%E7%85%A7%E7%89%87%E5%8F%91%E9%BB%84", "/search/?q=zzqq",
        "/questions/ask/", "/questions/", "/questions/others/", "/answers/", "/feedback/wish/",
        "/feedback/complaint/", "/accounts/login/", "/accounts/join/", "/accounts/new/", "/accounts/code/", "/me/",
        "/me/code/", "/me/review/", "/me/privacy/", "/me/number/", "/privacy/", "/help/", "/offline/",
        "/nothing/here/", "/join/NONE/", "/classes/",
    ],
    "learner": ["/", "/me/", "/me/review/", "/questions/", "/inbox/", "/me/privacy/", "/me/number/", "/me/code/",
                "/accounts/password/change/", "/accounts/reauthenticate/"],
    "trainer": ["/admin/", "/classes/", "/classes/numbers/", "/me/"],
    "helper": ["/classes/numbers/", "/classes/", "/admin/", "/me/"],
    "supervisor": ["/supervision/", "/supervision/help/", "/supervision/reports/", "/supervision/model/", "/me/"],
    "operator": ["/accounts/2fa/", "/admin/", "/supervision/", "/supervision/reports/", "/classes/", "/classes/numbers/"],
}  # fmt: skip
LEAVE_ALONE = re.compile(
    r"/(media|static|api|prefs|search/open|accounts/logout|accounts/2fa)|/admin/(logout|jsi18n|r/)"
    r"|.*[?&](o|p|_facets|_popup|_changelist_filters)=|.*\?.*&.*&"
)
A_KIND, PAGES = 2, 100  # pages of one kind (of lists with a choice: one), and pages of one person
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "button", "caption", "center", "col", "colgroup",
    "dd", "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup", "hr", "html", "legend", "li",
    "main", "menu", "meta", "nav", "ol", "optgroup", "option", "p", "pre", "search", "section", "select",
    "summary", "table", "tbody", "td", "textarea", "tfoot", "th", "thead", "title", "tr", "ul",
})  # fmt: skip
SILENT = frozenset({"script", "style", "template"})
SPOKEN = (
    "alt",
    "title",
    "aria-label",
    "placeholder",
    "label",
    "data-th",
    "data-sending",
    "data-opening",
    "data-waits",
    "data-lost",
)
MASKS = (
    (re.compile(r"127\.0\.0\.1:\d+"), "‹host›"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "‹id›"),
    (re.compile(r"\b\d\d:\d\d(:\d\d)?\b"), "‹time›"),
    (re.compile(r"\b\d+ (minutes?|seconds?) ago|\d+ ?(分钟|秒)前"), "‹while›"),
)


class Reader(HTMLParser):
    """Collects what can be read: texts, and the words in attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.links: list[str] = []
        self.as_typed = self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._edge(tag)
        if tag in SILENT:
            self.silent += 1
        if tag in ("pre", "textarea"):
            self.as_typed += 1
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        said = [values[name] for name in SPOKEN if values.get(name)]
        if tag == "input" and values.get("type") in ("submit", "button", "text", "tel", None):
            said.append(values.get("value", ""))
        self.pieces += [f"⟨{' '.join(words.split())}⟩" for words in said if words]
        self._edge(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in SILENT:
            self.silent -= 1

    def handle_endtag(self, tag: str) -> None:
        self._edge(tag)
        if tag in SILENT:
            self.silent = max(0, self.silent - 1)
        if tag in ("pre", "textarea"):
            self.as_typed = max(0, self.as_typed - 1)

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.pieces.append(data if self.as_typed else re.sub(r"[ \t\r\n\f]+", " ", data))

    def _edge(self, tag: str) -> None:
        if tag in BLOCKS or tag == "br":
            self.pieces.append("\n")

    def text(self) -> str:
        """Line by line, without empty ones; what differs from run to run is masked."""
        lines = (re.sub(r" +", " ", line).strip(" ") for line in "".join(self.pieces).split("\n"))
        text = "\n".join(line for line in lines if line)
        for pattern, mask in MASKS:
            text = pattern.sub(mask, text)
        return text


@dataclass(slots=True)
class Browser:
    """One person's browser without scripts."""

    url: str
    language: str
    cookies: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def open(self, path: str, form: dict[str, str] | None = None) -> tuple[str, str]:
        """The address where it ended, and the page's HTML; no HTML for anything but a page."""
        jar = urllib.request.HTTPCookieProcessor(self.cookies)
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        request = urllib.request.Request(urllib.parse.urljoin(self.url, path), data)
        request.add_header("Accept-Language", "en" if self.language == "en" else "zh-CN")
        request.add_header("Origin", self.url)
        request.add_header("Referer", self.url + "/")
        try:
            answer = urllib.request.build_opener(jar).open(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            page = "text/html" in answer.headers.get("Content-Type", "")
            return answer.url.removeprefix(self.url), answer.read().decode() if page else ""

    def sign_in(self, name: str) -> None:
        """As one of the demonstration's people."""
        _at, html = self.open("/accounts/login/")
        form = {"csrfmiddlewaretoken": token_of(html), "login": name, "password": PASSWORD, "next": "/me/"}
        at, _html = self.open("/accounts/login/", form)
        assert "/accounts/" not in at, f"{name} cannot sign in"


def token_of(html: str) -> str:
    """The forgery token of the first form."""
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
    return found[1] if found else ""


def read(html: str) -> Reader:
    """What stands on a page."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def kind_of(path: str) -> str:
    """What sort of page an address is: numbers, ids and names of contents do not count."""
    way, _, query = path.partition("?")
    way = re.sub(r"[0-9a-f-]{36}|\d+", "#", way)
    way = re.sub(r"/(lessons|modules|answers|lists|join)/[a-z0-9_:#-]+/", r"/\1/*/", way)
    return way + "".join(f"?{name}" for name, _ in urllib.parse.parse_qsl(query, keep_blank_values=True))


def pages_of(browser: Browser, person: str) -> Iterator[tuple[str, str]]:
    """Name and text of every page that this person finds by following links, two of a kind, and of some
    answers to forms."""
    if person != "guest":
        browser.sign_in(person)
    waiting, met, kinds = deque(BEGIN[person]), set(BEGIN[person]), Counter[str]()
    while waiting and kinds.total() < PAGES:
        path = waiting.popleft()
        kind = kind_of(path)
        if kinds[kind] >= (1 if "?" in kind else A_KIND) and path not in BEGIN[person]:
            continue
        at, html = browser.open(path)
        if not html:
            continue
        kinds[kind] += 1
        page = read(html)
        yield f"{kind} {kinds[kind]}", page.text()
        for link in page.links:
            there = urllib.parse.urljoin(at, link.split("#")[0])
            if there.startswith("/") and not LEAVE_ALONE.match(there) and there not in met:
                met.add(there)
                waiting.append(there)
    yield from answers_of(browser, person)


def answers_of(browser: Browser, person: str) -> Iterator[tuple[str, str]]:
    """Pages that answer a form, well filled in or not."""
    if person == "guest":
        yield from _forms(browser, {
            "/accounts/login/": {"login": "nobody", "password": "wrong"},
            "/accounts/code/send/": {"phone": "12"},
            "/accounts/join/": {"name": ""},
            "/questions/ask/": {"text": ""},
            "/feedback/complaint/": {"text": ""},
            "/me/code/": {"code": "12"},
        })  # fmt: skip
        yield "offered", read(browser.open("/questions/ask/", {"text": "照片发黄怎么办"})[1]).text()
    if person == "learner":
        yield from _quiz(browser)
    if person == "supervisor":
        yield from _forms(browser, {"/supervision/reports/": {"what": "", "month": "", "language": ""}})
        form = browser.open("/supervision/reports/")[1]
        chosen = {name: _first_choice(form, name) for name in ("what", "month", "language")}
        yield from _forms(browser, {"/supervision/reports/": chosen})


def _forms(browser: Browser, wanted: dict[str, dict[str, str]]) -> Iterator[tuple[str, str]]:
    for path, values in wanted.items():
        token = token_of(browser.open("/accounts/login/" if path.startswith("/accounts/code/") else path)[1])
        answer = browser.open(path, {"csrfmiddlewaretoken": token, **values})
        yield f"posted {path} {'empty' if not all(values.values()) else 'filled in'}", read(answer[1]).text()


def _first_choice(html: str, name: str) -> str:
    found = re.search(rf'<select[^>]*name="{name}".*?<option value="([^"]+)"', html, re.DOTALL)
    return found[1] if found else ""


def _quiz(browser: Browser) -> Iterator[tuple[str, str]]:
    """A whole quiz, always the first answer; the id of the try decides which questions are asked."""
    _at, home = browser.open("/modules/")
    module = next(link for link in read(home).links if kind_of(link) == "/modules/*/")
    at, html = browser.open(f"{module}quiz/")
    quiz = at.split("?")[0]
    fixed = "11111111-1111-4111-8111-" + ("1" if browser.language == "en" else "2") * 12
    _at, html = browser.open(f"{quiz}answer/", {"csrfmiddlewaretoken": token_of(html), "attempt": fixed})
    for number in range(20):
        item = re.search(r'name="item" value="([^"]+)"', html)
        choice = re.search(r'name="choice"[^>]*value="([^"]+)"', html)
        yield f"quiz page {number}", read(html).text()
        if not item or not choice:
            return
        at, html = browser.open(f"{quiz}answer/", {
            "csrfmiddlewaretoken": token_of(html), "attempt": fixed, "item": item[1], "choice": choice[1],
        })  # fmt: skip
        yield f"quiz reason {number}", read(html).text()
        ends = re.search(rf'href="({quiz}tries/{fixed}/)"', html)
        _at, html = browser.open(ends[1] if ends else quiz)
