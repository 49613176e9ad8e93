"""Templates are laid out for people, lead by name, and no low room's page names a higher room."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import ROOT

TEMPLATES = ROOT / "templates"
LONGEST = 160
#: From the lowest to the highest. A template may name what stands to its left, and its own.
ORDER = ["site frame", "accounts", "courses", "learners", "feedback", "assessments", "evaluation", "site"]
FOLDERS = {"account": "accounts", "allauth": "accounts", "supervision": "evaluation", "jobs": "assessments"}
SITE = {"home.html", "help.html", "offline.html", "privacy.html"}  # pages of mooc.site, above all apps
ATTRIBUTE = re.compile(
    r'\b(?:href|action|formaction|src|data-[\w-]+)="((?:\{[%{].*?[%}]\}|[^"{])*)"', re.DOTALL
)
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)


def files() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


def room(name: str) -> str:
    """The app a template belongs to, by its folder; parts, errors and the frame belong to none."""
    parts = name.split("/")
    if parts[0] == "admin" and len(parts) > 2:
        parts = parts[1:]
    folder = FOLDERS.get(parts[0], parts[0])
    if name in SITE or parts[0] == "home":
        return "site"
    return folder if folder in ORDER and len(parts) > 1 else "site frame"


def room_of_address(name: str) -> str:
    """The app of a named address; those without an app's name are the site's own, and open to all."""
    space, _, rest = name.partition(":")
    if space == "admin":
        space = rest.split("_")[0]
    space = FOLDERS.get(space, space)
    return space if rest and space in ORDER else "site frame"


def libraries() -> dict[str, str]:
    """Our own libraries of template tags, and the app of each."""
    apps = ("mooc", "courses", "learners", "feedback", "assessments")
    found = (file for app in apps for file in (ROOT / app).rglob("templatetags/[a-z]*.py"))
    return {file.stem: file.parent.parent.name for file in found}


def named(source: str) -> Iterator[tuple[str, str]]:
    """What a template names of others: the tag that names it, and the app it belongs to."""
    known = libraries()
    for name in re.findall(r"\{% *(?:extends|include) +\"([^\"]+)\"", source):
        yield name, room(name)
    for name in re.findall(r"\{% *url +[\"']([^\"']+)[\"']", source):
        yield name, room_of_address(name)
    for names in re.findall(r"\{% *load ([^%]*)%\}", source):
        for name in names.split():
            if name in known:
                yield name, known[name]


@pytest.mark.parametrize("file", files(), ids=lambda file: str(file.relative_to(TEMPLATES)))
def test_a_template(file: Path) -> None:
    name, source = str(file.relative_to(TEMPLATES)), file.read_text(encoding="utf-8")
    hard = [value for value in ATTRIBUTE.findall(source) if re.search(r"(^|[%}]\})/\w", value)]
    hard += [value for value in ATTRIBUTE.findall(source) if TAG.sub("", value).startswith("/")]
    assert not hard, f"{name}: name these addresses, {{% url %}} or {{% address %}}: {hard}"
    long = [number for number, line in enumerate(source.splitlines(), start=1) if len(line) > LONGEST]
    assert not long, f"{name}: more than {LONGEST} signs in lines {long}"
    here = ORDER.index(room(name))
    higher = [(what, app) for what, app in named(source) if app in ORDER and ORDER.index(app) > here]
    assert not higher, f"{name} belongs to {ORDER[here]} and names what is above it: {higher}"


def test_the_house_is_laid_out_for_people() -> None:
    """Half of all lines are short, and nine of ten fit a screen."""
    lines = sorted(len(line) for file in files() for line in file.read_text(encoding="utf-8").splitlines())
    assert lines[len(lines) // 2] <= 40
    assert lines[len(lines) * 9 // 10] <= 110
