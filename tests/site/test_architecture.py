"""The rules of the house that the import linter cannot see. Each failure names file and line."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.apps import apps
from django.dispatch import Signal

from mooc.lib import registry
from mooc.lib.pages.request import Request

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = [  # left to right
    "mooc/accounts", "mooc/jobs", "courses", "learners", "feedback", "assessments", "assessments/evaluation",
]  # fmt: skip
LABELS = [app.split("/")[-1] for app in APPS]
PURE = [
    "mooc/lib/serving/supervise.py", "mooc/lib/text/cleaning.py", "mooc/lib/errors.py", "mooc/lib/text/localized.py",
    "mooc/lib/pages/markup.py", "courses/grammar/blocks.py", "courses/exchange/content_files.py",
    "courses/grammar/prose.py", "courses/grammar/law.py", "learners/record/durations.py",
    "assessments/exchange/quiz_files.py",
    "feedback/masking.py", "feedback/answers/recurrence.py", "feedback/engine/classifier/clusters.py",
    "assessments/scoring.py", "assessments/notebook/memory.py", "assessments/analysis/items.py",
    "assessments/evaluation/measure/indicators.py",
    "assessments/evaluation/help/points.py", "assessments/evaluation/measure/places.py",
    *(f"courses/blocks/{path.name}" for path in (ROOT / "courses" / "blocks").glob("*.py")),
    *(f"assessments/kinds/{path.name}" for path in (ROOT / "assessments" / "kinds").glob("*.py")),
]  # fmt: skip
STANDARD_FILES = [
    "__init__.py",
    "apps.py",
    "data.py",
    "urls.py",
    "admin.py",
    "migrations/__init__.py",
]
LACKS = {
    "mooc/jobs": ["urls.py"],  # a job is seen and stopped on the pages of the room that asked for it
    "assessments/evaluation": ["admin.py"],  # figures are made, never written by hand
}
MODULE_LINES, FUNCTION_LINES, VIEW_LINES = 400, 40, 25


@cache
def sources() -> tuple[Path, ...]:
    """Every Python file of ours but migrations."""
    found = [path for folder in ("mooc", *APPS[1:]) for path in (ROOT / folder).rglob("*.py")]
    return tuple(sorted(path for path in found if "migrations" not in path.parts))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything a file imports, relative names made whole."""
    package = list(path.relative_to(ROOT).with_suffix("").parts)
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level] if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{start}.{alias.name}") for alias in node.names)


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_foreign_keys_point_left() -> None:
    """Also the ones written as strings, which no import shows."""
    wrong = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in LABELS:
            continue
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if not getattr(field, "concrete", False) or target is None:
                continue
            label = target._meta.app_label
            here = LABELS.index(model._meta.app_label)
            if label in LABELS and LABELS.index(label) > here:
                wrong.append(f"{model._meta.label}.{field.name} -> {target._meta.label}")
    assert wrong == []


@pytest.mark.parametrize("app", APPS)
def test_every_app_has_the_standard_files(app: str) -> None:
    missing = [name for name in STANDARD_FILES if not (ROOT / app / name).exists()]
    if not (ROOT / app / "models.py").exists() and not (ROOT / app / "models").is_dir():
        missing.append("models")
    assert missing == LACKS.get(app, [])


def test_modules_are_short() -> None:
    long = {
        short(path): lines
        for path in sources()
        if (lines := len(path.read_text().splitlines())) > MODULE_LINES
    }
    assert long == {}


def test_a_type_is_let_off_at_most_ten_times_and_each_time_with_its_reason() -> None:
    let_off = {
        f"{short(path)}:{number}": line
        for path in sources()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if "type: ignore" in line
    }
    without = {
        place for place, line in let_off.items() if not re.search(r"ignore\[[a-z-]+\]  # \w.{9}", line)
    }
    assert without == set()
    assert len(let_off) <= 10, sorted(let_off)


def test_nothing_is_hung_on_a_request_but_what_its_type_names() -> None:
    """A room keeps what it needs in a record of its own: ``mooc.lib.pages.request.on``."""
    known = {*Request.__annotations__, "path", "path_info", "method", "GET", "POST", "COOKIES", "user"}

    def hung(node: ast.AST) -> Iterator[str]:
        for target in getattr(node, "targets", [getattr(node, "target", None)]):
            for one in getattr(target, "elts", [target]):
                if isinstance(one, ast.Attribute) and ast.unparse(one.value).endswith("request"):
                    yield one.attr
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("hasattr", "getattr", "setattr"):
            owner, name = node.args[:2]
            if ast.unparse(owner) == "request" and isinstance(name, ast.Constant) and name.value[0] != "_":
                yield str(name.value)

    found = {
        (short(path), name) for path in sources() for node in ast.walk(tree(path)) for name in hung(node)
    }
    assert {(path, name) for path, name in found if name not in known} == set()


def test_functions_are_short_and_views_shorter() -> None:
    """A view past its budget does a service's work."""
    long = []
    for path in sources():
        is_view = path.name == "views.py" or "views" in path.parts
        budget = VIEW_LINES if is_view else FUNCTION_LINES
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > budget:
                    long.append(f"{short(path)}:{node.lineno} {node.name}: {lines} > {budget}")
    assert long == []


ADDRESS = re.compile(r"^/[a-z]+/|=\"/[a-z]+/")
PREFIXES = {  # not where something leads, but the part of the site a rule holds for
    "mooc/accounts/staff/middleware.py", "mooc/accounts/sign_in/pending.py", "mooc/accounts/staff/forms/typed.py",
    "mooc/lib/middleware.py", "mooc/lib/pages/kept.py", "mooc/site/views.py", "mooc/settings.py",
    "mooc/lib/serving/metrics.py",
}  # fmt: skip


def test_no_address_is_written_by_hand() -> None:
    """``reverse``, ``redirect`` to a name, ``get_absolute_url``, or ``links.address`` for a higher room's page."""
    wrong = []
    for path in sources():
        docs = {
            node.body[0].value
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        wrong += [
            f"{short(path)}:{node.lineno} {node.value[:60]}"
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and ADDRESS.search(node.value)
            and node not in docs
            and short(path) not in PREFIXES
        ]
    assert wrong == []


def test_rooms_ask_for_rights_and_never_for_roles() -> None:
    """``user.may(Right.X)``: what a role may do stands in one table, ``mooc/accounts/rights.py``."""
    wrong = [
        f"{short(path)}:{node.lineno} {node.attr}"
        for path in sources()
        if path.relative_to(ROOT).parts[:2] not in {("mooc", "accounts"), ("mooc", "demo")}
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and (
            node.attr in ("is_superuser", "has_role")
            or (isinstance(node.value, ast.Name) and node.value.id == "Role" and node.attr.isupper())
        )
    ]
    assert wrong == []


def test_every_page_stands_in_the_room_it_serves() -> None:
    """Apps with rooms keep no views or forms beside them; ``urls.py`` gathers the addresses of the rooms."""
    beside = [
        f"{app}/{name}"
        for app in ("mooc/accounts", "courses", "learners", "feedback", "assessments")
        for name in ("views", "views.py", "forms.py", "middleware.py")
        if (ROOT / app / name).exists() and f"{app}/{name}" != "courses/middleware.py"  # of all its addresses
    ]
    assert beside == []


def test_no_model_signals() -> None:
    wrong = [
        f"{short(path)}:{line}"
        for path in sources()
        for line, name in imports(path)
        if name.startswith("django.db.models.signals")
    ]
    assert wrong == []


def test_migrations_import_nothing_of_ours_that_lives() -> None:
    """A migration runs years later, on a database of then: what it needs is written in it, or frozen in a file
    beside it whose name begins with ``_``. Fields of which code knows more: ``mooc.lib.models.InCode``."""
    wrong = []
    for path in [path for app in APPS for path in (ROOT / app / "migrations").glob("*.py")]:
        beside = ".".join(path.relative_to(ROOT).parent.parts) + "._"
        names = [(line, name) for line, name in imports(path) if not name.startswith(beside)]
        names += [
            (node.lineno, f"mooc… by {ast.unparse(node.func)}")
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Call)
            and ast.unparse(node.func).endswith(("import_module", "import_string", "__import__"))
        ]
        roots = {"mooc", *(app.split("/")[0] for app in APPS)}
        wrong += [f"{short(path)}:{line} {name}" for line, name in names if re.split(r"\W", name)[0] in roots]
    assert wrong == []


def test_every_fact_that_is_told_is_heard() -> None:
    """A fact nobody hears costs every act a call after commit, and looks as if something depended on it."""
    deaf = []
    for app in APPS:
        name = f"{app.replace('/', '.')}.signals"
        if not find_spec(name):
            continue
        facts = {key: fact for key, fact in vars(import_module(name)).items() if isinstance(fact, Signal)}
        deaf += [f"{name}.{key}" for key, fact in facts.items() if not fact.has_listeners()]
    assert deaf == []


def test_every_registry_has_who_fills_it_and_who_reads_it() -> None:
    found = {name: kept for name, kept in vars(registry).items() if isinstance(kept, registry.Registry)}
    code = "\n".join(path.read_text() for path in sources())
    empty = [name for name, kept in found.items() if not kept.providers]
    unread = [name for name in found if not re.search(rf"(registry\.| in ){name}\b(?!\.register)", code)]
    assert (empty, unread) == ([], [])


def test_services_never_import_tasks() -> None:
    wrong = [
        f"{short(path)}:{line} {name}"
        for path in sources()
        if path.stem == "services" or "services" in path.parts
        for line, name in imports(path)
        if "tasks" in name.split(".")
    ]
    assert wrong == []


def test_pure_modules_know_no_database() -> None:
    wrong = [
        f"{name}:{line} {target}"
        for name in PURE
        for line, target in imports(ROOT / name)
        if target.startswith("django.db") or re.search(r"\.(models|selectors|services)(\.|$)", target)
    ]
    assert wrong == []


def test_low_rooms_do_not_reach_their_own_views() -> None:
    """Inside a room: models, selectors, services, tasks know nothing of the web above them."""
    above = {"views", "urls", "admin", "api", "templatetags", "forms"}
    wrong = [
        f"{short(path)}:{line} {name}"
        for path in sources()
        if path.stem in ("models", "selectors", "services", "tasks", "data") or path.parent.name == "models"
        for line, name in imports(path)
        if name.split(".")[0] in ("mooc", *APPS[1:]) and above & set(name.split(".")[1:5])
    ]
    assert wrong == []


INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:",
    re.IGNORECASE,
)


def test_templates_hold_no_inline_script_or_style() -> None:
    """The content security policy would drop them without a word."""
    wrong = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            wrong += [f"{short(path)}:{number} {match[0]}" for match in INLINE.finditer(line)]
    assert wrong == []


def test_files_name_no_package_registry() -> None:
    """Where packages come from is the machine's business."""
    hosts = [
        "pypi" + ".org", "python" + "hosted.org", "registry.npm" + "js", "deb.deb" + "ian.org",
        "index" + "-url", "docker" + ".io/", "proxy.gol" + "ang.org",
    ]  # fmt: skip
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    wrong = []
    for name in filter(None, listed):
        path = ROOT / name
        if not path.is_file() or path.stat().st_size > 2_000_000:
            continue
        text = path.read_bytes().decode(errors="ignore").replace("--no-emit-" + "index" + "-url", "")
        wrong += [f"{name}: {host}" for host in hosts if host in text]
    assert wrong == []


def test_translations_are_complete_and_compiled() -> None:
    done = subprocess.run(
        [sys.executable, "deploy/check_messages.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 3:
        pytest.skip("no gettext here: apt install gettext")
    assert done.returncode == 0, done.stdout + done.stderr
