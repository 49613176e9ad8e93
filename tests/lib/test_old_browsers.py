"""Old phones: Chromium 78, Firefox 78, iOS 13 (chat apps carry such engines) and the 360 and QQ browsers of
county laptops. What the style sheets and scripts use is held to what these can.

A feature stands here with the versions that brought it. *Needed* features must be there in all three. An
*ornament* may be missing: the page is then plainer, and nothing is lost or overlaps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mooc.lib.pages import look
from mooc.lib.pages.scripts import lean, lean_css

ROOT = Path(__file__).resolve().parent.parent.parent
STYLES = ("look.css", "staff.css", "desk.css")
SCRIPTS = [
    ROOT / "static" / "js" / "app.js",
    ROOT / "static" / "js" / "acts.js",
    *sorted((ROOT / "templates").glob("*.js")),
]

#: What a rule may not stand on: pattern of a declaration → why (the first versions that have it).
TOO_NEW_VALUES = {
    r"^[a-z-]+-(?:inline|block)(?:-[a-z-]+)?:": "logical properties: shorthands Chromium 87, iOS 14.5",
    r"^(?:inline|block)-size:": "written as width and height, like all the rest",
    r"^inset(?:-[a-z-]+)?:": "Chromium 87, iOS 14.5",
    r"^aspect-ratio:": "Chromium 88, iOS 15",
    r":.*\b(?:min|max|clamp)\(": "Chromium 79",
    r":.*\d(?:dvh|svh|lvh|dvw|cqw|cqi)\b": "Chromium 108, iOS 15.4",
    r":.*\b(?:color-mix|oklch|oklab|lab|lch)\(": "Chromium 111, iOS 16.2",
    r"^(?:container|container-type|content-visibility|translate|rotate|scale):": "Chromium 85 to 105",
    r"^text-align:(?:start|end)": "written as left and right, like all the rest",
}
TOO_NEW_SELECTORS = {
    r":is\(|:where\(": "Chromium 88, iOS 14",
    r":not\([^()]*[ ,>+~][^()]*\)": "a list in :not(): Chromium 88",
    r"&": "nesting: Chromium 112",
}
TOO_NEW_AT = ("layer", "container", "supports", "property", "scope", "starting-style")
#: A browser that does not know one of these drops the whole rule: it stands alone, and may be missing.
ALONE = (":has(", ":focus-visible", "::marker", "::file-selector-button")
#: Properties that may be missing: why that is no harm.
ORNAMENTS = {
    "text-wrap": "lines break less evenly", "text-autospace": "no hair of space between Chinese and Latin",
    "text-spacing-trim": "punctuation keeps its width", "accent-color": "ticks have the system's colour",
    "text-underline-offset": "the underline stands closer", "text-decoration-thickness": "the underline is thicker",
    "line-break": "", "hyphens": "", "text-size-adjust": "the prefixed one stands beside it",
    "print-color-adjust": "the prefixed one stands beside it", "scroll-margin-top": "a target may stand under the bar",
    "scroll-padding-top": "a target may stand under the bar", "scroll-padding-bottom": "as above",
}  # fmt: skip
#: Properties that all of them have had for years (``columns`` and breaks: for print and wide screens).
OLD = """
-webkit-print-color-adjust -webkit-text-size-adjust align-content align-items align-self animation background
background-clip background-color background-image background-position background-size border border-bottom
border-bottom-width border-collapse border-color border-left border-radius border-spacing border-style border-top
border-width bottom box-shadow box-sizing break-after break-inside clip-path color color-scheme column-gap
column-span columns content counter-increment counter-reset cursor display fill flex flex-basis flex-direction
flex-wrap float font font-family font-size font-variant-numeric font-weight gap grid-area grid-auto-columns
grid-auto-flow grid-column grid-row grid-template grid-template-columns height justify-content justify-items
justify-self left letter-spacing line-height list-style margin margin-bottom margin-left margin-right margin-top
max-height max-width min-height min-width opacity order outline outline-offset overflow overflow-wrap overflow-x
padding padding-bottom padding-left padding-right padding-top place-items position resize right size stroke
stroke-dasharray stroke-linecap stroke-linejoin stroke-width table-layout text-align text-decoration text-transform
top transform transition vertical-align white-space width word-break z-index
"""
TOO_NEW_SCRIPT = {
    r"\?\.[\w\[(]": "optional chaining: Chromium 80, iOS 13.4", r"\?\?": "Chromium 80, iOS 13.4",
    r"\|\|=|&&=": "Chromium 85", r"\.replaceAll\(": "Chromium 85", r"\.at\(-?\d": "Chromium 92",
    r"#\w+\s*[(=;]": "private fields: iOS 14.1", r"\bstatic\s*\{": "Chromium 94", r"Promise\.any\(": "Chromium 85",
    r"\bstructuredClone\(": "Chromium 98", r"Object\.hasOwn\(": "Chromium 93", r"\.findLast\(": "Chromium 97",
    r"AbortSignal\.timeout": "Chromium 103", r"(?m)^\s*import\b": "modules",
    r"\.replaceChildren\(": "Chromium 86, iOS 14", r"\bWeakRef\b": "Chromium 84, iOS 14.5",
    r"\d_\d": "separators of digits", r"\(\?<[=!]": "look-behind: iOS 16.4",
}  # fmt: skip


def rules(css: str) -> Iterator[tuple[str, str, str]]:
    """``(at-rule around it, selector, declarations)`` of every rule, with nested at-rules followed."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    around: list[str] = []
    place = 0
    for found in re.finditer(r"([^{}]*)([{}])", css):
        head, brace = found[1].strip(), found[2]
        if brace == "{":
            if head.startswith("@") and not head.startswith(("@page", "@font-face")):
                around.append(head)
            else:
                place = found.end()
                around.append(f"|{head}")
        elif around:
            last = around.pop()
            if last.startswith("|"):
                yield " ".join(a for a in around), last[1:], css[place : found.start() + len(found[1])]


def declarations(body: str) -> list[str]:
    return [re.sub(r"\s*:\s*", ":", part.strip(), count=1) for part in body.split(";") if part.strip()]


@pytest.mark.parametrize("name", STYLES)
def test_the_style_sheet_uses_what_old_phones_know(name: str) -> None:
    wrong = []
    found = list(rules((ROOT / "static" / "css" / name).read_text()))
    assert len(found) > 20
    for around, selector, body in found:
        for pattern, why in TOO_NEW_SELECTORS.items():
            if re.search(pattern, selector):
                wrong.append(f"{selector}: {why}")
        parts = re.split(r",(?![^(]*\))", selector)
        if (
            len(parts) > 1
            and any(mark in part for part in parts for mark in ALONE)
            and not all(any(mark in part for mark in ALONE) for part in parts)
        ):
            wrong.append(f"{selector}: a browser without it drops the others too")
        for declaration in declarations(body):
            for pattern, why in TOO_NEW_VALUES.items():
                if re.search(pattern, declaration):
                    wrong.append(f"{selector} {declaration}: {why}")
        if any(word in around for word in TOO_NEW_AT):
            wrong.append(f"{around}: too new")
    assert wrong == []


@pytest.mark.parametrize("name", STYLES)
def test_rows_keep_their_distance_without_gap(name: str) -> None:
    """``gap`` in a flex row came with Chromium 84 and iOS 14.5: such rows use margins. Grids have it."""
    wrong = []
    for _around, selector, body in rules((ROOT / "static" / "css" / name).read_text()):
        if re.search(r"display\s*:\s*(?:inline-)?flex", body):
            wrong += [
                f"{selector} {d}" for d in declarations(body) if re.match(r"(?:row-|column-)?gap:(?!0$)", d)
            ]
    assert wrong == []


@pytest.mark.parametrize("name", STYLES)
def test_the_margin_of_the_last_in_a_row_takes_no_room(name: str) -> None:
    """A ``gap`` has none behind the last one; a margin has, unless the row is that much wider."""
    behind: dict[str, dict[str, str]] = {}
    for _around, selector, body in rules((ROOT / "static" / "css" / name).read_text()):
        for part in selector.split(","):
            named = dict(found.split(":", 1) for found in declarations(body))
            if "margin" in named and len(named["margin"].split()) == 4:
                named.setdefault("margin-right", named["margin"].split()[1])
            behind.setdefault(part.strip().replace(" > ", ">"), {}).update(named)
    behind.pop("#content .submit-row", None)  # its padding is that much smaller
    rows = {row: said for row, said in behind.items() if said.get("flex-wrap") == "wrap"}
    wrong = [
        row
        for row, said in rows.items()
        if (space := behind.get(f"{row}>*", {}).get("margin-right", "0")) not in ("0", "4px")
        and said.get("margin-right") != f"-{space}"
    ]
    assert {".row", ".chips", ".meta"} <= rows.keys() or name != "look.css"
    assert wrong == []


def test_what_breaks_long_words_has_an_older_twin() -> None:
    """``overflow-wrap:anywhere`` came with Chromium 80 and iOS 15.4; before it stands what came first."""
    for name in ("look.css", "staff.css"):
        for _around, selector, body in rules((ROOT / "static" / "css" / name).read_text()):
            if "overflow-wrap:anywhere" in body:
                assert "overflow-wrap:break-word;overflow-wrap:anywhere" in body, selector


def test_every_property_is_old_enough_or_an_ornament() -> None:
    """A property nobody has looked at fails here: add it with the versions that brought it."""
    known = set(OLD.split()) | ORNAMENTS.keys()
    unknown = {}
    for name in STYLES:
        for _around, selector, body in rules((ROOT / "static" / "css" / name).read_text()):
            for declaration in declarations(body):
                word = declaration.partition(":")[0]
                if not word.startswith("--") and word not in known:
                    unknown[word] = selector
    assert unknown == {}


#: Classes that python puts together, or that stand beside others in a condition of a template.
MADE = {"star", "on", "now", "hope", "xl", "icon", "even", "to", *look.CLOTHS.values()}


@pytest.mark.parametrize("name", ["look.css", "staff.css"])
def test_no_rule_is_for_what_no_page_has(name: str) -> None:
    """Every learner pays for each rule: one that fits no page goes."""
    texts = [path.read_text() for path in (ROOT / "templates").rglob("*.html")]
    for app in ("mooc", "courses", "learners", "feedback", "assessments"):
        texts += [path.read_text() for path in (ROOT / app).rglob("*.py")]
    texts += [path.read_text() for path in SCRIPTS]
    named = re.findall(
        r"""(?:class|css)=\\?["']([^"'>]*)|classList\.\w+\("([\w-]+)|\bicon "\w+" "([\w ]+)""",
        "\n".join(texts),
    )
    worn = set(re.findall(r"[\w-]+", " ".join(" ".join(found) for found in named)))
    selectors = " ".join(
        selector for _around, selector, _body in rules((ROOT / "static" / "css" / name).read_text())
    )
    assert set(re.findall(r"\.([A-Za-z][\w-]*)", selectors)) - worn - MADE == set()


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_the_scripts_use_what_old_phones_know(path: Path) -> None:
    """A word an engine cannot read stops the whole script."""
    text = re.sub(r"(?m)//.*$|/\*.*?\*/", "", path.read_text())
    text = re.sub(r"\{[%{].*?[%}]\}", "", text)
    found = {pattern: why for pattern, why in TOO_NEW_SCRIPT.items() if re.search(pattern, text)}
    assert found == {}


def test_the_list_itself_notices() -> None:
    """Each pattern finds what it is for."""
    for declaration, pattern in {
        "margin-inline:auto": 0, "padding-block:4px": 0, "min-inline-size:2px": 0, "inline-size:2px": 1, "inset:0": 2,
        "aspect-ratio:1": 3, "width:max(3px,2em)": 4, "height:100dvh": 5, "color:color-mix(in srgb,red,blue)": 6,
        "text-align:end": 8,
    }.items():  # fmt: skip
        assert re.search(list(TOO_NEW_VALUES)[pattern], declaration), declaration
    for selector, number in {"a:is(b,c)": 0, "a:not(b,c)": 1, "a{&:hover": 2}.items():
        assert re.search(list(TOO_NEW_SELECTORS)[number], selector), selector
    assert re.search(r"\?\.[\w\[(]", "a?.b")
    assert list(rules("@media print{a{b:c}d{e:f}}")) == [
        ("@media print", "a", "b:c"),
        ("@media print", "d", "e:f"),
    ]


def test_scripts_are_sent_without_what_explains_them() -> None:
    """And nothing but that goes: an address in a string stays, and so does what a comment in quotes may be."""
    text = '// why\nlet a = "//x"; // here\n  // more\n\nb(" // c"); // it\'s\n'
    assert lean(text) == 'let a = "//x";\n\nb(" // c"); // it\'s\n'
    for path in SCRIPTS:
        for line in path.read_text().splitlines():
            assert line.count("`") % 2 == 0, line  # a string over several lines would lose its indents


def test_style_sheets_are_sent_without_remarks() -> None:
    assert lean_css("/* why */\na{b:c} /* d\ne */") == "a{b:c} "
