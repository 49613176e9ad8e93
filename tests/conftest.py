"""What every test may use. Tests touch only what this file makes and the servers that are named.

``TEST_DATABASE_URL``  a PostgreSQL server for tests: own databases are made on it and dropped.
``TEST_REDIS_URL``     a Redis number for tests; each test process uses the next one.
``DATABASE_URL``       equal to TEST_DATABASE_URL: this run is on PostgreSQL, else on SQLite.
"""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests import fast

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
TEST_DATABASE_URL = os.environ.get("TEST_DATABASE_URL", "")
TEST_REDIS_URL = os.environ.get("TEST_REDIS_URL", "")
ON_POSTGRES = bool(TEST_DATABASE_URL) and os.environ.get("DATABASE_URL") == TEST_DATABASE_URL
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
SCRATCH = Path(tempfile.mkdtemp(prefix="mooc-test-"))


def redis_number(url: str, worker: str) -> str:
    """The address of this test process's own Redis number."""
    parts = urlsplit(url)
    number = int(parts.path.strip("/") or 0) + int(worker.removeprefix("gw"))
    return parts._replace(path=f"/{number % 16}").geturl()


def _environment() -> None:
    """Settings read the environment once: nothing of the machine's own may leak in."""
    for name in [name for name in os.environ if name.startswith("MOOC_")]:
        del os.environ[name]
    os.environ.pop("REDIS_URL", None)
    os.environ.pop("DATABASE_URL", None)
    if ON_POSTGRES:
        os.environ["DATABASE_URL"] = TEST_DATABASE_URL
        if TEST_REDIS_URL:  # the run on PostgreSQL is the one that is like a server
            os.environ["REDIS_URL"] = redis_number(TEST_REDIS_URL, WORKER)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "mooc.settings",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # the browser driver runs a loop in the test's thread
        "MOOC_TESTING": "1",
        "MOOC_DATA_DIR": str(SCRATCH / "data"),
        "MOOC_SECRET_KEY": "a key for tests only, long enough to be quiet about it",
    }


_environment()


def pytest_addoption(parser: pytest.Parser) -> None:
    fast.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Load the settings now: the environment stands.

    The processes of a parallel run inherit it. Were the settings' name in it, they would be loaded there
    before this file is read, and all processes would share one folder and one Redis number.
    """
    import django
    from django.conf import settings
    from hypothesis import HealthCheck
    from hypothesis import settings as examples

    examples.register_profile("any pace", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    examples.load_profile("any pace")  # a busy machine decides no test
    django.setup()
    del os.environ["DJANGO_SETTINGS_MODULE"]
    if settings.DATA_DIR != SCRATCH / "data":
        raise pytest.UsageError(f"settings were loaded too early: {settings.DATA_DIR} is not this process's")
    if config.getoption("--note-slow"):
        config.pluginmanager.register(fast.Notes())


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(SCRATCH, ignore_errors=True)


def _of_the_other_run(item: pytest.Item) -> bool:
    """Whether a test is left to the run on the other database. Browsers and plain arithmetic are tried once."""
    fixtures = set(getattr(item, "fixturenames", ()))
    if "chromium" in fixtures:
        item.add_marker("browser")
    once, postgres = item.get_closest_marker("once"), item.get_closest_marker("postgres")
    if once and fixtures & {"db", "transactional_db", "site"}:
        raise pytest.UsageError(f"{item.nodeid} asks a database: it runs on both")
    if not ON_POSTGRES:
        return bool(postgres and TEST_DATABASE_URL)
    return bool(once or (item.get_closest_marker("browser") and not postgres))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip with a reason what this machine cannot run; leave out what the other run does."""
    fast.leave_out(config, items)
    elsewhere = [item for item in items if _of_the_other_run(item)]
    for item in items:
        if item.get_closest_marker("browser") and not CHROMIUM:
            item.add_marker(pytest.mark.skip(reason="no Chromium here: apt install chromium"))
        elif item.get_closest_marker("postgres") and not ON_POSTGRES and not TEST_DATABASE_URL:
            item.add_marker(pytest.mark.skip(reason="TEST_DATABASE_URL names no PostgreSQL"))
        elif item.get_closest_marker("redis") and not TEST_REDIS_URL:
            item.add_marker(pytest.mark.skip(reason="TEST_REDIS_URL names no Redis"))
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in set(elsewhere)]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Write what was skipped, and why, for the last lines of ``make test``."""
    notes = os.environ.get("TEST_NOTES")
    if not notes or os.environ.get("PYTEST_XDIST_WORKER"):
        return
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    )
    with Path(notes).open("a") as file:
        file.writelines(f"{count} tests: {reason}\n" for reason, count in reasons.items())


# --- database --------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """A database of this run's own: a file for SQLite, so that threads queue as they do in life."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if ON_POSTGRES:
        run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:8]
        database.setdefault("TEST", {})["NAME"] = f"test_mooc_{run}_{WORKER}"
    else:
        database.setdefault("TEST", {})["NAME"] = str(SCRATCH / "test.sqlite3")
        options = database["OPTIONS"]  # a test may lose its data when the power goes
        options["init_command"] = options["init_command"].replace("=FULL", "=OFF")


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """No page, counter or limit of one test reaches the next."""
    from django.core.cache import cache
    from django.utils import translation

    from courses import standing
    from feedback.answers import finding
    from mooc.accounts.sign_in import limits
    from mooc.lib.pages.slots import memory

    limits.epoch = time.time()
    standing.forget()
    finding.forget()
    memory.clear()
    cache.clear()  # this process's own memory or Redis number
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _themes(_django_db_marker: None, request: pytest.FixtureRequest) -> None:
    """A test with real transactions empties every table afterwards, those that migrations filled too."""
    if request.node.get_closest_marker("django_db"):
        from feedback.engine.taxonomy import ensure_themes

        ensure_themes()


# --- people and content ------------------------------------------------------------------------------

PASSWORD = "rural-2026"


@pytest.fixture
def regions(db: None) -> dict[str, Any]:
    """A small tree: one province, one city, two counties, a township and two villages in the first."""
    from tests.world import make_regions

    return make_regions()


@pytest.fixture
def make_user(db: None) -> Callable[..., Any]:
    """``make_user("wang", role="supervisor", region=…)``; every password is the demonstration's."""
    from tests import world

    return functools.partial(world.make_user, password=PASSWORD)


@pytest.fixture
def people(make_user: Callable[..., Any], regions: dict[str, Any]) -> dict[str, Any]:
    """One person of every role."""
    return {
        "learner": make_user("learner"),
        "helper": make_user("helper", role="helper", region=regions["village"]),
        "trainer": make_user("trainer", role="trainer"),
        "supervisor": make_user("supervisor", role="supervisor", region=regions["county"]),
        "supervisor2": make_user("supervisor2", role="supervisor", region=regions["county2"]),
        "operator": make_user("operator", is_superuser=True, is_staff=True),
    }


@pytest.fixture(scope="session")
def _curriculum_rows(django_db_setup: None, django_db_blocker: Any) -> list[Any]:
    from tests import curriculum

    with django_db_blocker.unblock():
        return curriculum.kept()


@pytest.fixture
def curriculum(_curriculum_rows: list[Any], db: None) -> None:
    """The small curriculum of ``tests/content``: two modules, published."""
    from django.db import connection

    from tests import curriculum

    if not connection.in_atomic_block:  # facts are sent after commit: nothing less than loading will do
        curriculum.load()
        return
    for table in _curriculum_rows:
        table.put_back()


# --- browser and real processes ------------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, headless. Tests that use it are marked ``browser``."""
    from playwright.sync_api import sync_playwright

    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
    ]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium: Any) -> Iterator[Callable[..., Any]]:
    """``phone()``: a page 360 pixels wide in Chinese; any option of a browser context overrides."""
    contexts = []

    def new_page(**options: Any) -> Any:
        fields = {"viewport": {"width": 360, "height": 740}, "locale": "zh-CN", "has_touch": True}
        context = chromium.new_context(**fields | options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        return context.new_page()

    yield new_page
    for context in contexts:
        context.close()


@pytest.fixture
def url(live_server: Any, curriculum: None) -> str:
    """The address of a running site with the small curriculum."""
    return str(live_server.url)


@pytest.fixture
def visitor(phone: Callable[..., Any], url: str) -> Callable[..., Any]:
    """``visitor(lang="en", elder="1")``: a phone with these settings remembered."""

    def make(lang: str = "zh-hans", elder: str = "", **options: Any) -> Any:
        page = phone(**options)
        page.context.set_default_timeout(25_000)  # the machine that tests may be busy
        cookies = {"django_language": lang} | ({"elder": elder} if elder else {})
        page.context.add_cookies([{"name": k, "value": v, "url": url} for k, v in cookies.items()])
        return page

    return make


@pytest.fixture(scope="session")
def site_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A migrated installation with the small curriculum, to be copied."""
    from tests.serving import Site

    template = Site(tmp_path_factory.mktemp("site"), TEST_DATABASE_URL if ON_POSTGRES else "")
    template.create()
    template.manage("migrate", "--verbosity", "0")
    template.manage("load_content", str(ROOT / "tests" / "content"))
    yield template
    template.destroy()


@pytest.fixture
def site(site_template: Any, tmp_path: Path) -> Iterator[Any]:
    """An installation of its own in real processes: start, kill -9, start again. See serving.py."""
    from tests.serving import Site

    copy = Site(tmp_path / "data", site_template.server_url)
    copy.create(template=site_template)
    yield copy
    copy.destroy()
