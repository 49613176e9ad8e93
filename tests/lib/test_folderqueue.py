"""The embedded broker: a message is there whole or not at all, whoever writes and reads meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

from mooc.lib.serving.folderqueue import Transport
from tests.conftest import ROOT

PUTTING = """
import sys
from tests.lib.test_folderqueue import channel
line = channel(sys.argv[1])
line._queue_bind("celery", "celery", "", "celery")
for number in range(1000):
    line._put("celery", {"number": number, "from": sys.argv[2]})
"""


def channel(folder: str | Path) -> Transport.Channel:
    """A line to the queue kept in ``folder``."""
    options = {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(Path(folder) / "control"),
    }
    return Connection("filesystem://localhost//", transport=Transport, transport_options=options).channel()


def test_a_reader_beside_two_writers_gets_every_message_whole_and_once(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", PUTTING, str(tmp_path), name], cwd=ROOT) for name in "ab"
    ]
    line, got = channel(tmp_path), []
    while any(writer.poll() is None for writer in writers) or list(tmp_path.glob("*.msg")):
        line.get_table("celery")  # a table is never read half made
        try:
            message = line._get("celery")
        except Empty:
            continue
        got.append((message["from"], message["number"]))
    assert [writer.returncode for writer in writers] == [0, 0]
    assert sorted(got) == [(name, number) for name in "ab" for number in range(1000)]
    assert [path.name for path in tmp_path.iterdir()] == ["control"]  # nothing of ours is left


def test_who_looks_while_a_message_is_being_written_sees_none(tmp_path: Path) -> None:
    line, seen = channel(tmp_path), []

    class Looking:
        def __json__(self) -> str:
            seen.extend(tmp_path.glob("*.msg"))
            return "written"

    line._put("celery", {"body": Looking()})
    assert seen == []
    assert line._get("celery") == {"body": "written"}


@pytest.mark.parametrize("rest", [b"", b'{"body": "eyJ', b"\xff\xfe"])
def test_what_a_power_cut_left_does_not_end_the_worker(tmp_path: Path, rest: bytes) -> None:
    line = channel(tmp_path)
    (tmp_path / "0_broken.celery.msg").write_bytes(rest)
    line._put("celery", {"number": 1})
    assert line._get("celery") == {"number": 1}
    with pytest.raises(Empty):
        line._get("celery")


def test_binding_a_queue_again_leaves_the_table_as_it_was(tmp_path: Path) -> None:
    for _process in range(2):
        channel(tmp_path)._queue_bind("celery", "celery", "", "celery")
    tables = list((tmp_path / "control").iterdir())
    assert [json.loads(table.read_text()) for table in tables] == [[["celery", "", "celery"]]]
