"""A misspelt slot, role or registered name fails here, not in silence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from mooc.lib import registry
from tests.conftest import ROOT

APPS = ("mooc", "courses", "learners", "feedback", "assessments")
SLOT = re.compile(r"\{%\s*(?:slot|personal)\s+(\w+)")


def calls() -> Iterator[tuple[str, ast.Call, str]]:
    """Every call in our code: what is called, the call, where."""
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call):
                    yield ast.unparse(node.func), node, f"{path.relative_to(ROOT)}:{node.lineno}"


def text_of(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def test_every_slot_of_a_template_has_a_filler_and_every_filler_a_slot() -> None:
    templates = [path.read_text() for path in (ROOT / "templates").rglob("*.html")]
    used = {
        name for text in templates if "load allauth" not in text for name in SLOT.findall(text)
    }  # its own tag
    used |= {
        text_of(call.args[0]) or ""
        for name, call, _at in calls()
        if name.endswith("pages.slot") and call.args
    } - {""}
    assert len(used) > 5
    assert used == set(registry.slot_filler.providers)


def test_no_right_is_asked_for_by_its_text() -> None:
    """Rights are members of the table, so that mypy knows a wrong one."""
    asked = [
        (right, at)
        for name, call, at in calls()
        if name.rsplit(".", 1)[-1] in ("may", "everywhere", "has_own", "region_paths", "in_scope")
        for arg in call.args[:1]
        if (right := text_of(arg)) is not None
    ]
    assert asked == []


def test_every_name_asked_of_a_registry_is_registered() -> None:
    asked = [
        (kind, provider, at)
        for name, call, at in calls()
        if (found := re.fullmatch(r"registry\.(\w+)\.get", name)) and call.args
        for kind, provider in [(found[1], text_of(call.args[0]))]
        if provider is not None
    ]
    assert len(asked) >= 2
    wrong = [row for row in asked if row[1] not in getattr(registry, row[0]).providers]
    assert wrong == []


def test_every_registry_that_is_named_exists() -> None:
    kinds = {
        m[1]
        for name, _call, _at in calls()
        if (m := re.fullmatch(r"registry\.(\w+)\.(?:register|get)", name))
    }
    assert len(kinds) > 8
    assert [kind for kind in kinds if not isinstance(getattr(registry, kind, None), registry.Registry)] == []
