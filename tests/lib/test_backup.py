"""Backup and restore: the drill, the move between databases, and archives nobody should trust."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import io
import json
import shutil
import stat
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from courses.models import ContentState
from courses.standing import content_version
from mooc.accounts.models import User
from tests.conftest import ON_POSTGRES, PASSWORD, ROOT, TEST_DATABASE_URL
from tests.phones import Phone
from tests.serving import Site

FILLED = "from tests.drill import fill; fill()"


def manifest(archive: Path) -> dict[str, Any]:
    """The last member of an archive."""
    with tarfile.open(archive) as tar:
        file = tar.extractfile("manifest.json")
        assert file
        return dict(json.load(file))


def told(archive: Path) -> dict[str, Any]:
    """Every table of an archive but the content version and the identity, which a restore renews."""
    tables = dict(manifest(archive)["tables"])
    assert tables.pop("courses.contentstate")["rows"] == 1
    tables.pop("learners.databasestate")
    return tables


def tables(site: Site, archive: Path) -> dict[str, Any]:
    """Every table of an installation: number of rows and checksum of their contents."""
    site.manage("backup", "--out", str(archive))
    return told(archive)


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation with people, history, questions and files, on this run's database."""
    site = Site(tmp_path_factory.mktemp("lived") / "data", TEST_DATABASE_URL if ON_POSTGRES else "")
    site.create()
    site.manage("migrate", "--verbosity", "0")
    site.manage("demo", "--content", str(ROOT / "tests" / "content"))
    site.manage("shell", "-v0", "-c", FILLED)
    yield site
    site.destroy()


@pytest.fixture(scope="module")
def archive(lived_in: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its backup."""
    out = tmp_path_factory.mktemp("archive") / "mooc.tar"
    lived_in.manage("backup", "--out", str(out))
    return out


@pytest.fixture
def new_site(tmp_path: Path) -> Iterator[Callable[[str], Site]]:
    """``new_site(server_url)``: a migrated installation with nobody in it."""
    made = []

    def make(server_url: str) -> Site:
        site = Site(tmp_path / f"new{len(made)}", server_url)
        made.append(site)
        site.create()
        site.manage("migrate", "--verbosity", "0")
        return site

    yield make
    for site in made:
        site.destroy()


def test_the_restore_drill(
    lived_in: Site, archive: Path, new_site: Callable[[str], Site], tmp_path: Path
) -> None:
    """The machine burns; the last backup and a fresh installation are all there is."""
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    lived_in.manage("tracking_file", "learner", "--out", str(before))
    fresh = new_site(lived_in.server_url)
    restored = json.loads(fresh.manage("restore", str(archive), "--json"))
    assert restored["rows"] == sum(table["rows"] for table in manifest(archive)["tables"].values()) > 2000
    assert tables(fresh, tmp_path / "again.tar") == told(archive)
    fresh.manage("rebuild_progress", "--check")
    fresh.manage("tracking_file", "learner", "--out", str(after))
    file, same = json.loads(before.read_text()), json.loads(after.read_text())
    assert file | {"made_at": ""} == same | {"made_at": ""}

    fresh.start()
    phone = Phone(fresh)
    status, _headers, lesson = phone.ask("/lessons/borrow-the-window/")
    assert status == 200
    picture = lesson.split('src="/media/')[1].split('"')[0]
    assert phone.ask(f"/media/{picture}")[0] == 200
    assert "borrow-the-window" in phone.ask(f"/search/?{urlencode({'q': '窗户'})}")[2]
    assert phone.sign_in("learner", PASSWORD) == 302
    assert phone.ask("/me/file.json")[0] == 200
    fresh.manage("shell", "-v0", "-c", "from tests.drill import add_rows; add_rows()")


@pytest.mark.postgres
@pytest.mark.parametrize("towards", ["postgresql", "sqlite"])
def test_moving_to_the_other_database(
    towards: str, lived_in: Site, archive: Path, new_site: Callable[[str], Site], tmp_path: Path
) -> None:
    """Row for row the same, the summaries agree, and new rows find free numbers."""
    if towards == "postgresql":
        source = new_site("")
        source.manage("restore", str(archive))
        moved = tmp_path / "moved.tar"
        source.manage("backup", "--out", str(moved))
        target = new_site(TEST_DATABASE_URL)
    else:
        moved, target = archive, new_site("")
    target.manage("restore", str(moved))
    assert manifest(moved)["database"] != towards
    assert tables(target, tmp_path / "there.tar") == told(archive)
    assert manifest(tmp_path / "there.tar")["database"] == towards
    target.manage("rebuild_progress", "--check")
    target.manage("shell", "-v0", "-c", "from tests.drill import add_rows; add_rows()")


def test_a_backup_is_for_its_owner_only_and_leaves_nothing_else(archive: Path, lived_in: Site) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert [path.name for path in archive.parent.iterdir()] == [archive.name]
    files = manifest(archive)["files"]
    assert "files/models/themes-drill.npz" in files
    assert "files/models/table.npy" not in files
    assert "sessions.session" not in manifest(archive)["tables"]
    key = lived_in.env["MOOC_SECRET_KEY"].encode()
    assert "secret_key" not in files
    assert key not in archive.read_bytes()


def test_the_secret_key_goes_along_only_when_asked_for(
    lived_in: Site, new_site: Callable[[str], Site], tmp_path: Path
) -> None:
    out = tmp_path / "with.tar"
    lived_in.manage("backup", "--out", str(out), "--with-secret")
    plain, asked = new_site(""), new_site("")
    plain.manage("restore", str(out))
    assert not (plain.data_dir / "secret_key").exists()
    asked.manage("restore", str(out), "--with-secret")
    assert (asked.data_dir / "secret_key").read_text() == lived_in.env["MOOC_SECRET_KEY"]
    assert stat.S_IMODE((asked.data_dir / "secret_key").stat().st_mode) == 0o600


def test_old_dated_backups_go(lived_in: Site, tmp_path: Path) -> None:
    made = [f"mooc-{timezone.localtime() - dt.timedelta(hours=10 * n):%Y%m%d-%H%M%S}.tar" for n in (3, 2, 1)]
    for name in made:
        (tmp_path / name).write_text("old")
    (tmp_path / "mine.tar").write_text("kept by hand")
    lived_in.manage("backup", "--dir", str(tmp_path), "--keep", "2")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names[0] == "mine.tar"
    assert names[1] == made[-1]  # the newest of the old ones
    assert len(names) == 3


@pytest.mark.django_db
def test_a_database_with_people_is_replaced_only_when_told_so(
    archive: Path, make_user: Callable[..., Any]
) -> None:
    make_user("somebody")
    with pytest.raises(CommandError, match="People are in this database already"):
        call_command("restore", archive)
    assert list(User.objects.values_list("username", flat=True)) == ["somebody"]
    call_command("restore", archive, "--replace", verbosity=0)
    assert User.objects.filter(username="learner").exists()
    assert not User.objects.filter(username="somebody").exists()


@pytest.mark.django_db(transaction=True)
def test_what_a_running_process_remembers_is_stale_after_a_restore(archive: Path) -> None:
    """Its pages are kept by content version; the archive may bring the number it had for other pages."""
    kept = ContentState.objects.get_or_create(pk=1)[0].version
    call_command("restore", archive, "--replace", verbosity=0)
    first = ContentState.objects.get().version
    assert first > kept + 1_000_000
    call_command("restore", archive, "--replace", verbosity=0)
    assert ContentState.objects.get().version >= first
    assert content_version() == str(ContentState.objects.get().version)


@pytest.mark.django_db
@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="no second disk here")  # noqa: S108
def test_media_may_live_on_a_disk_of_its_own(archive: Path, settings: Any) -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        settings.MEDIA_ROOT = name
        call_command("restore", archive, verbosity=0)
        found = {path.relative_to(name).as_posix() for path in Path(name).rglob("*") if path.is_file()}
    listed = [member for member in manifest(archive)["files"] if member.startswith("files/media/")]
    assert found == {member.removeprefix("files/media/") for member in listed} != set()


# --- archives nobody should trust ----------------------------------------------------------------------


def rebuilt(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A copy of an archive with changed members."""
    members: dict[str, bytes] = {}
    with tarfile.open(source) as tar:
        for member in tar:
            file = tar.extractfile(member)
            members[member.name] = file.read() if file else b""
    change(members)
    with tarfile.open(target, "w") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return target


def edit(members: dict[str, bytes], act: Callable[[dict[str, Any]], Any]) -> None:
    """Change the manifest."""
    said = json.loads(members["manifest.json"])
    act(said)
    members["manifest.json"] = json.dumps(said).encode()


def put_table(members: dict[str, bytes], label: str, lines: bytes) -> None:
    """Another table with a manifest that agrees."""
    members[f"tables/{label}.jsonl.gz"] = gzip.compress(lines)
    about = {"rows": lines.count(b"\n"), "size": len(lines), "sha256": hashlib.sha256(lines).hexdigest()}
    edit(members, lambda said: said["tables"][label].update(about))


def put_file(members: dict[str, bytes], name: str) -> None:
    """Another file with a manifest that agrees."""
    members[name] = b"x"
    about = {"size": 1, "sha256": hashlib.sha256(b"x").hexdigest()}
    edit(members, lambda said: said["files"].update({name: about}))


HOSTILE: dict[str, tuple[Callable[[dict[str, bytes]], Any], str]] = {
    "outside the folder": (lambda m: put_file(m, "files/media/../../evil"), "does not belong there"),
    "absolute": (lambda m: put_file(m, "/etc/evil"), "does not belong there"),
    "another folder": (lambda m: put_file(m, "files/other/evil"), "does not belong there"),
    "no manifest": (lambda m: m.pop("manifest.json"), "not whole"),
    "manifest not JSON": (lambda m: m.update({"manifest.json": b"{"}), "cannot be read"),
    "manifest of a list": (lambda m: m.update({"manifest.json": b"[]"}), "cannot be read"),
    "of something else": (lambda m: edit(m, lambda s: s.update(kind="zip")), "not a backup of this platform"),
    "a later format": (lambda m: edit(m, lambda s: s.update(format=2)), "format 2"),
    "a table is missing": (lambda m: m.pop("tables/accounts.user.jsonl.gz"), "do not agree"),
    "a file nobody named": (lambda m: m.update({"files/media/m/evil.svg": b"x"}), "do not agree"),
    "a wrong number of rows": (
        lambda m: edit(m, lambda s: s["tables"]["accounts.user"].update(rows=1)), "not as it was written"),
    "a wrong size": (
        lambda m: edit(m, lambda s: s["tables"]["accounts.user"].update(size=10)), "not as it was written"),
    "a changed table": (
        lambda m: m.update({"tables/accounts.region.jsonl.gz": gzip.compress(b"[1]\n")}), "not as it was written"),
    "a table that is no gzip": (
        lambda m: m.update({"tables/accounts.region.jsonl.gz": b"no gzip"}), "damaged"),
    "a changed picture": (
        lambda m: m.update({next(n for n in m if n.startswith("files/media")): b"x"}), "not as it was written"),
    "a newer version": (
        lambda m: edit(m, lambda s: s["migrations"]["feedback"].append("9999_more")), "newer version.*9999_more"),
    "an older version": (lambda m: edit(m, lambda s: s["migrations"]["courses"].pop()), "older version"),
    "other columns": (
        lambda m: edit(m, lambda s: s["tables"]["accounts.user"].update(columns=["id"])), "another version"),
    "rows of another form": (lambda m: put_table(m, "accounts.region", b"[1]\n"), "another form"),
    "rows that are not JSON": (lambda m: put_table(m, "accounts.region", b"x\n"), "do not fit together"),
    "people without their places": (lambda m: put_table(m, "accounts.region", b""), "do not fit together"),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("what", HOSTILE)
def test_a_bad_archive_is_refused_and_changes_nothing(what: str, archive: Path, tmp_path: Path) -> None:
    change, sentence = HOSTILE[what]
    bad = rebuilt(archive, tmp_path / "bad.tar", change)
    refused(bad, sentence)
    assert not list(Path("/etc").glob("evil"))


@pytest.mark.django_db
@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_an_archive_that_was_cut_off_is_refused(part: float, archive: Path, tmp_path: Path) -> None:
    """Also one letter before its end; what follows there is tar's own filling."""
    with tarfile.open(archive) as tar:
        last = tar.getmembers()[-1]
    end = last.offset_data + last.size
    bad = tmp_path / "cut.tar"
    bad.write_bytes(archive.read_bytes()[: int((end - 1) * part)])
    refused(bad, "whole|manifest")


@pytest.mark.django_db
def test_what_is_no_tar_is_refused(archive: Path, tmp_path: Path) -> None:
    for name, data in {"text": b"hello " * 500, "packed": gzip.compress(archive.read_bytes())}.items():
        (tmp_path / name).write_bytes(data)
        refused(tmp_path / name, "not a whole tar archive")
    refused(tmp_path / "nowhere", "There is no file")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE])
def test_links_and_devices_are_refused(kind: bytes, archive: Path, tmp_path: Path) -> None:
    bad = tmp_path / "link.tar"
    shutil.copy(archive, bad)
    with tarfile.open(bad, "a") as tar:
        info = tarfile.TarInfo("files/media/link")
        info.type, info.linkname = kind, "/etc/passwd"
        tar.addfile(info)
    refused(bad, "does not belong there")


def refused(bad: Path, sentence: str) -> None:
    """The command says why in one sentence; rows and files are as before."""
    User.objects.all().delete()
    files = kept_files(settings.DATA_DIR)
    with pytest.raises(CommandError, match=sentence):
        call_command("restore", bad)
    assert not User.objects.exists()
    assert kept_files(settings.DATA_DIR) == files


@pytest.mark.django_db
def test_a_backup_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(CommandError, match="The backup was not written"):
        call_command("backup", "--out", str(tmp_path / "file" / "mooc.tar"))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def kept_files(folder: str | Path) -> set[Path]:
    """What lies in the data folder; not what a database or the sentence encoder may make at any moment."""
    return {
        path for path in Path(folder).rglob("*") if "-journal" not in path.name and "models" not in path.parts
    }
