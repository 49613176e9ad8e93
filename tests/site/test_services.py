"""The services of ``docker-compose.yml``, each by its exact command, without an engine.

The real compose binary reads the file; what it says is started here: the same command, the same
environment and secrets by file, only with this machine's database, Redis, ports and folders.
"""

from __future__ import annotations

import contextlib
import fnmatch
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.conftest import TEST_DATABASE_URL, TEST_REDIS_URL, WORKER, redis_number
from tests.serving import ROOT, Site, free_port

VENV = Path(sys.executable).parent
OURS = {"migrate", "web", "urgent", "worker", "beat", "backup"}
MIB = 1024 * 1024
ROOT_WARNING = re.compile(
    r"^[^{]*SecurityWarning: You're running[^{]*"
)  # tests may be root, the image is not
SMALL_SERVER = 2048 * MIB


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an operator has after fetching the code and making the secrets."""
    made = tmp_path_factory.mktemp("compose")
    shutil.copy(ROOT / "docker-compose.yml", made)
    shutil.copytree(ROOT / "deploy", made / "deploy")
    for _twice in range(2):
        subprocess.run(["sh", "deploy/make_secrets.sh"], cwd=made, check=True, stdout=subprocess.DEVNULL)
    return made


@pytest.fixture(scope="module")
def compose(folder: Path) -> dict[str, Any]:
    """The file as the real compose understands it."""
    done = subprocess.run(
        [VENV / "docker-compose", "--profile", "*", "config", "--format", "json"], cwd=folder, check=True,
        capture_output=True, text=True, env={"PATH": os.environ["PATH"], "MOOC_HOSTS": "learn.example.org"},
    )  # fmt: skip
    return dict(json.loads(done.stdout))


def dockerfile() -> list[tuple[str, str]]:
    """Instructions of the Dockerfile with what follows them."""
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


def image_environment() -> dict[str, str]:
    """What ENV sets, with the path of this machine's packages."""
    found = dict(pair.split("=", 1) for name, rest in dockerfile() if name == "ENV" for pair in rest.split())
    return found | {
        "PATH": found["PATH"].replace("/venv/bin", str(VENV)).replace("$PATH", os.environ["PATH"])
    }


# --- what the files say ------------------------------------------------------------------------------------


def test_what_the_image_copies_is_there_and_not_left_out() -> None:
    for name, rest in dockerfile():
        if name in ("COPY", "ADD") and not rest.startswith("--from"):
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists(), source
    left_out = [line.strip() for line in (ROOT / ".dockerignore").read_text().splitlines() if line.strip()]
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    needed = [
        name
        for name in tracked
        if name.split("/")[0]
        in ("mooc", "courses", "learners", "feedback", "assessments", "templates", "static", "locale")
        or name in ("manage.py", "requirements.txt", "deploy/gunicorn.conf.py", "deploy/healthcheck.py")
    ]
    assert len(needed) > 300
    dropped = [name for name in needed for pattern in left_out if matches(name, pattern)]
    assert dropped == []
    for private in (".env", "secrets/secret_key", "var/mooc.sqlite3", "backups/mooc.tar", ".git/config"):
        assert any(matches(private, pattern) for pattern in left_out), private


def matches(name: str, pattern: str) -> bool:
    """Whether a pattern of .dockerignore takes a file or a folder above it out of the build."""
    parts = name.split("/")
    anywhere = pattern.removeprefix("**/")
    above = ["/".join(parts[:n]) for n in range(1, len(parts) + 1)]
    if pattern.startswith("**/"):
        return any(fnmatch.fnmatch(part, anywhere) for part in parts)
    return any(fnmatch.fnmatch(path, pattern) for path in above)


def test_the_image_is_slim_and_not_root() -> None:
    lines = dockerfile()
    assert [rest for name, rest in lines if name == "FROM"][-1] == "python:3.11-slim"
    assert [rest for name, rest in lines if name == "USER"] == ["mooc"]
    assert next(rest for name, rest in lines if name == "WORKDIR") == "/app"


def test_every_command_of_the_image_is_installed(compose: dict[str, Any]) -> None:
    commands = [json.loads(rest)[0] for name, rest in dockerfile() if name == "CMD"]
    commands += [
        service["command"][0]
        for name, service in compose["services"].items()
        if service.get("command") and name in OURS
    ]
    found = {command: shutil.which(command, path=image_environment()["PATH"]) for command in commands}
    assert set(found) == {"gunicorn", "celery", "python", "sh"}
    assert None not in found.values()


def test_everything_fits_a_small_server(compose: dict[str, Any]) -> None:
    """Limits of what runs all the time leave 300 MB for the system; one-shot services fit besides."""
    limits = {name: limit(service) for name, service in compose["services"].items()}
    always = sum(size for name, size in limits.items() if name not in ("migrate", "backup"))
    assert always <= SMALL_SERVER - 256 * MIB
    before_web = limits["db"] + limits["redis"] + limits["migrate"]
    assert before_web <= SMALL_SERVER - 256 * MIB


def limit(service: dict[str, Any]) -> int:
    return int(service["deploy"]["resources"]["limits"]["memory"])


def test_every_service_is_bounded_watched_and_shut_in(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}, name
        assert limit(service) > 0
        once = name in ("migrate", "backup")
        assert service["restart"] == ("no" if once else "unless-stopped"), name
        assert once or service.get("healthcheck", {}).get("test") or name == "web", (
            name
        )  # web: the image's own
        assert not service.get("privileged")
        assert not service.get("ports") or name == "proxy", name
    for name in OURS:
        service = compose["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        for key, value in service["environment"].items():
            assert (
                not re.search("SECRET|PASSWORD|DATABASE|TOKEN", key) or key.endswith("_FILE") or not value
            ), key
    assert compose["networks"]["inside"]["internal"] is True
    assert (
        set(compose["services"]["db"]["networks"])
        == set(compose["services"]["redis"]["networks"])
        == {"inside"}
    )


def test_secrets_are_made_once_and_kept(folder: Path, compose: dict[str, Any]) -> None:
    named = {Path(secret["file"]).name for secret in compose["secrets"].values()}
    made = {path.name: path.read_text() for path in (folder / "secrets").iterdir()}
    assert named == set(made)
    assert all(len(text) >= 40 for text in made.values())
    subprocess.run(["sh", "deploy/make_secrets.sh"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    assert made == {path.name: path.read_text() for path in (folder / "secrets").iterdir()}
    assert (folder / "secrets").stat().st_mode & 0o077 == 0


# --- and what they do ---------------------------------------------------------------------------------------


class Services:
    """The containers of this project as processes of this machine."""

    def __init__(self, compose: dict[str, Any], folder: Path) -> None:
        self.compose, self.folder = compose["services"], folder
        self.site = Site(folder / "data", TEST_DATABASE_URL)  # its own database
        self.port = free_port()
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        address = urlsplit(TEST_DATABASE_URL)._replace(path=f"/{self.site.name}").geturl()
        secret = folder / "secrets" / "database_url"
        secret.chmod(0o600)
        secret.write_text(address)
        (folder / "tmp").mkdir()

    def here(self, text: str) -> str:
        """Paths of the containers as they are on this machine."""
        places = {
            "/run/secrets": "secrets", "/data": "data", "/backups": "backups", "/tmp": "tmp",  # noqa: S108
        }  # fmt: skip
        paths = "|".join(map(re.escape, places))
        return re.sub(
            rf"(?<![\w./])({paths})(?=[/*]|$)", lambda found: f"{self.folder}/{places[found[1]]}", text
        )

    def environment(self, name: str) -> dict[str, str]:
        """Exactly what the container has, and nothing of this process's own."""
        found = {key: self.here(str(value)) for key, value in self.compose[name]["environment"].items()}
        return image_environment() | found | {
            "REDIS_URL": redis_number(TEST_REDIS_URL, WORKER), "HOST": "127.0.0.1", "PORT": str(self.port),
            "TMPDIR": f"{self.folder}/tmp", "HOME": "/nonexistent",  # noqa: S108  # below our folder
        }  # fmt: skip

    def command(self, name: str) -> list[str]:
        """The service's command, or the image's."""
        said = self.compose[name].get("command")
        if said is None:
            said = json.loads(next(rest for word, rest in dockerfile() if word == "CMD"))
        return [self.here(word) for word in said]

    def log(self, name: str) -> str:
        """What a service has written to standard error."""
        return (self.folder / f"{name}.log").read_text()

    def run(self, name: str, *command: str) -> str:
        """A service that ends, or another command in its container."""
        done = subprocess.run(
            command or self.command(name), cwd=ROOT, env=self.environment(name), capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, name: str) -> None:
        """A service that stays."""
        with (self.folder / f"{name}.log").open("wb") as log:
            self.running[name] = subprocess.Popen(
                self.command(name), cwd=ROOT, env=self.environment(name), stderr=log, stdout=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip

    def healthy(self, name: str) -> bool:
        """What its health check says."""
        check = self.compose[name].get("healthcheck", {}).get("test")
        if check is None:
            words = next(rest for word, rest in dockerfile() if word == "HEALTHCHECK")
            check = ["CMD", *json.loads(words[words.index("[") :])]
        words = ["sh", "-c", check[1].replace("$$", "$")] if check[0] == "CMD-SHELL" else check[1:]
        done = subprocess.run(
            [self.here(word) for word in words], cwd=ROOT, env=self.environment(name), check=False
        )
        return done.returncode == 0

    def get(self, path: str, form: bytes | None = None, **headers: str) -> tuple[int, str]:
        """A request as the proxy hands it on."""
        proxied = {
            "Host": "learn.example.org", "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https",
            "Sec-Fetch-Site": "same-origin", "Accept-Language": "en",
        }  # fmt: skip
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET" if form is None else "POST", path, form, proxied | headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")

    def stop(self) -> None:
        """As ``docker compose down -v``: ask, wait, drop."""
        for process in self.running.values():
            os.killpg(process.pid, signal.SIGTERM)
        for process in self.running.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
        self.site.destroy()


@pytest.fixture
def services(compose: dict[str, Any], folder: Path, tmp_path: Path) -> Iterator[Services]:
    shutil.copytree(folder, tmp_path / "server")
    made = Services(compose, tmp_path / "server")
    made.site.create()
    yield made
    made.stop()


def until(said: Callable[[], object], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not said():
        assert time.monotonic() < end, what
        time.sleep(0.5)


@pytest.mark.postgres
@pytest.mark.redis
def test_each_service_starts_by_its_own_command_and_does_its_work(services: Services) -> None:
    services.run("migrate")
    for name in ("web", "urgent", "worker", "beat"):
        services.start(name)
    until(lambda: services.healthy("web"), 60, "web is not healthy")
    services.run("web", "python", "manage.py", "load_content", "tests/content")

    status, page = services.get("/lessons/borrow-the-window/")  # one page, with what belongs to it
    assert status == 200
    for style in re.findall(r'href="(/static/[^"]+\.css)"', page):
        assert services.get(style)[0] == 200
    assert json.loads(services.get("/readyz")[1])["ready"] is True
    token = (services.folder / "secrets" / "metrics_token").read_text()
    assert "mooc_sms_waiting 0" in services.get("/metrics", Authorization=f"Bearer {token}")[1]

    kind = "application/x-www-form-urlencoded"  # one task, by the real worker
    asked = services.get("/questions/ask/", b"none=1&text=how+do+I+pack+eggs", **{"Content-Type": kind})
    assert asked[0] == 302
    until(lambda: "classify_question" in services.log("worker"), 30, "the worker took nothing")
    until(
        lambda: re.search(r"classify_question\S* succeeded", services.log("worker")),
        60,
        "the worker did nothing",
    )
    until(lambda: services.healthy("worker"), 30, "worker is not healthy")
    until(lambda: "Sending due task" in services.log("beat"), 90, "the scheduler sent nothing")
    until(
        lambda: re.search(r"jobs\.tasks\.sweep\S* succeeded", services.log("urgent")),
        30,
        "what was sent was not done",
    )
    assert services.healthy("beat")

    services.run("backup")
    assert len(list((services.folder / "backups").glob("mooc-*.tar"))) == 1
    assert all(process.poll() is None for process in services.running.values())
    for name in ("web", "urgent", "worker", "beat"):
        for line in ROOT_WARNING.sub("", services.log(name)).splitlines():
            assert {"time", "level", "logger", "message"} <= json.loads(line).keys(), f"{name}: {line}"
            assert "203.0.113.7" not in line


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.skipif(not shutil.which("caddy"), reason="no Caddy here: apt install caddy")
def test_the_proxy_hands_files_over_and_believes_nobody(services: Services) -> None:
    """The real proxy with our file: static files, media by the word of the web process, limits, addresses."""
    services.run("migrate")
    services.compose["web"]["environment"]["MOOC_HTTPS"] = "0"  # certificates are not for a test
    services.start("web")
    until(lambda: services.healthy("web"), 60, "web is not healthy")
    services.run("web", "python", "manage.py", "load_content", "tests/content")
    port, data = free_port(), services.folder / "data"
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(services.folder), "CADDY_ADMIN": f"127.0.0.1:{free_port()}",
        "MOOC_HOSTS": f"http://:{port}", "MOOC_WEB": f"127.0.0.1:{services.port}",
        "MOOC_STATIC": str(data / "static"), "MOOC_MEDIA": str(data / "media"),
    }  # fmt: skip
    with (services.folder / "proxy.log").open("wb") as log:
        services.running["proxy"] = subprocess.Popen(
            ["caddy", "run", "--config", "deploy/Caddyfile", "--adapter", "caddyfile"], cwd=ROOT, env=environment,
            stderr=log, stdout=log, start_new_session=True,
        )  # fmt: skip

    def ask(path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        method = "GET" if body is None else "POST"
        connection.request(method, path, body, {"Host": "learn.example.org", **headers})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()

    def answers() -> bool:
        try:
            return ask("/healthz")[0] == 200
        except OSError:
            return False

    until(answers, 30, services.log("proxy"))
    status, _headers, page = ask("/lessons/borrow-the-window/")
    assert status == 200
    style = re.findall(rb'href="(/static/[^"]+\.css)"', page)[0].decode()
    status, headers, _body = ask(style, **{"Accept-Encoding": "br"})
    assert (status, headers["Content-Encoding"]) == (200, "br")
    assert "immutable" in headers["Cache-Control"]
    services.running["web"].send_signal(signal.SIGSTOP)  # static files need no web process
    assert ask(style)[0] == 200
    services.running["web"].send_signal(signal.SIGCONT)

    picture = re.findall(rb'src="(/media/[^"]+)"', page)[0].decode()
    status, headers, body = ask(picture)
    assert (status, body) == (200, (data / picture.removeprefix("/")).read_bytes())
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["X-Accel-Redirect"] is None
    assert headers["Content-Type"] == "image/svg+xml"
    status, _headers, part = ask(picture, Range="bytes=0-9")
    assert (status, part) == (206, body[:10])
    for outside in ("/files/m/x", "/media/../data/beat", "/static/../media/x", "/media/m/none.svg"):
        assert ask(outside)[0] in (400, 404), outside
    with contextlib.suppress(ConnectionError):  # it may hang up while we still send
        assert ask("/questions/ask/", b"x" * (26 * MIB))[0] in (400, 413)
    services.running["web"].send_signal(signal.SIGTERM)
    services.running.pop("web").wait(30)
    assert ask("/")[0] == 502
