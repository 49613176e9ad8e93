"""The document of the look names what the style sheet has, with its pictures."""

from __future__ import annotations

import re

from tests.bench.pictures import ANSWERED, PARTS
from tests.conftest import ROOT

DOCUMENT = ROOT / "docs" / "look.md"


def test_the_document_of_the_look_names_every_class_of_the_learners_sheet() -> None:
    css = re.sub(r"/\*.*?\*/", "", (ROOT / "static" / "css" / "look.css").read_text(), flags=re.DOTALL)
    selectors = " ".join(re.findall(r"([^{}]*)\{", css))
    named = set(re.findall(r"[a-z-]+", " ".join(re.findall(r"`([^`]+)`", DOCUMENT.read_text()))))
    assert set(re.findall(r"\.([a-z][\w-]*)", selectors)) - named == set()


def test_the_pictures_of_the_look_are_those_the_script_takes() -> None:
    shown = set(re.findall(r"\(look/([\w-]+)\.png\)", DOCUMENT.read_text()))
    kept = {path.stem for path in (ROOT / "docs" / "look").glob("*.png")}
    assert shown == kept == {part.name for part in (*PARTS, ANSWERED)}
    assert all(path.stat().st_size < 20_000 for path in (ROOT / "docs" / "look").glob("*.png"))
