"""A file to download: in a content file, on the page, over the network, on the desk, in the API."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from courses import standing
from courses.blocks import KINDS, parse_blocks
from courses.exchange import loader
from courses.exchange.content_files import read_module
from courses.grammar.blocks import SourceError
from courses.models import Block, LessonEdition, Media, Module
from courses.publishing import changes, drafts
from courses.selectors import known_lessons
from tests import world
from tests.asking import client_of
from tests.courses.test_documents import pdf, xlsx

ROOT = Path(__file__).resolve().parent.parent.parent
LESSON = f"/lessons/{world.SLUG}-1/"
MODULE = "T01-window-light"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The small curriculum, with a sheet in its first lesson: one for each language."""
    root = Path(shutil.copytree(ROOT / "tests" / "content", tmp_path / "content"))
    for lang, words in (("zh", "光的清单"), ("en", "Light list")):
        path = root / MODULE / f"01.{lang}.md"
        path.write_text(f"{path.read_text().rstrip()}\n\n!file[{words}](light.{lang}.pdf)\n")
        (root / MODULE / f"light.{lang}.pdf").write_bytes(pdf() + b"\n%" + lang.encode())
    return root


@pytest.fixture
def loaded(tree: Path, db: None) -> LessonEdition:
    call_command("load_content", str(tree))
    return LessonEdition.objects.get(edition__published_of__code="T01", position=1)


def faults(tree: Path) -> list[str]:
    return [error.message for error in read_module(tree / MODULE).errors]


@pytest.mark.parametrize("wrong", ["!file[表]", "!file(a.pdf)", "!file[表](../a.pdf)", "!file[](a.pdf)"])
def test_a_file_is_written_with_its_name_or_refused(wrong: str) -> None:
    (block,) = parse_blocks("!file[七列账本](book.zh.pdf)\n印一张，贴在墙上。")
    assert (block.kind, block.heading, block.file) == ("file", "七列账本", "book.zh.pdf")
    assert block.body == "印一张，贴在墙上。"
    with pytest.raises(SourceError):
        parse_blocks(wrong)


def test_the_check_looks_at_every_file_of_either_language(tree: Path) -> None:
    assert faults(tree) == []
    (tree / MODULE / "light.en.pdf").write_bytes(b"PK no pdf")
    (tree / MODULE / "light.zh.pdf").write_bytes(pdf() + bytes(70_000))
    (tree / MODULE / "left.xlsx").write_bytes(xlsx())
    assert faults(tree) == [
        "no lesson shows this file",
        "the file is not what its ending says",
        "larger than 60 KB",
    ]
    (tree / MODULE / "light.en.pdf").unlink()
    assert "light.en.pdf is not in the folder" in faults(tree)


def test_everybody_gets_the_file_of_their_language_and_it_is_saved_under_its_name(
    loaded: LessonEdition,
) -> None:
    block = loaded.blocks.get(kind="file")
    for lang, name in (("zh-hans", "光的清单"), ("en", "Light list")):
        client = Client(headers={"accept-language": lang})
        text = client.get(f"/lessons/{loaded.lesson.slug}/").content.decode()
        file = block.media if lang == "zh-hans" else block.media_en
        assert file is not None
        assert f'href="{file.get_absolute_url()}" download="{name}.pdf"' in text
        answer = client.get(file.get_absolute_url())
        assert b"".join(answer) == file.file.open("rb").read()
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("attachment; ")
        assert name in answer["Content-Disposition"] or quote(name) in answer["Content-Disposition"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        part = client.get(file.get_absolute_url(), headers={"range": "bytes=0-4"})
        assert (part.status_code, b"".join(part)) == (206, b"%PDF-")


def test_whoever_only_reads_does_not_pay_for_it(loaded: LessonEdition) -> None:
    def size() -> int:
        standing.forget()
        return known_lessons(loaded.edition_id)[0].size

    with_it = size()
    loaded.blocks.filter(kind="file").delete()
    assert size() == with_it


def test_the_api_names_both_files(loaded: LessonEdition) -> None:
    block = loaded.blocks.get(kind="file")
    found = Client().get(f"/api/v1/lessons/{loaded.lesson.slug}/").json()["blocks"][-1]
    assert block.media is not None
    assert block.media_en is not None
    assert found["media"] == block.media.get_absolute_url()
    assert found["media_en"] == block.media_en.get_absolute_url()
    assert found["facts"] == {"type": "application/pdf", "bytes": block.media.bytes}


def test_another_english_file_alone_is_a_change_to_publish(loaded: LessonEdition) -> None:
    module = Module.objects.get(code="T01")
    assert changes.of(module) == []
    block = Block.objects.get(lesson__edition=module.draft, kind="file")
    Block.objects.filter(pk=block.pk).update(media_en=None)
    (change,) = changes.of(module)
    assert [text for _name, text in change.before] == ["Light list"]
    assert Module.objects.filter(drafts.changed()).get() == module


def test_what_was_loaded_before_files_had_languages_is_not_taken_for_edited(
    tree: Path, loaded: LessonEdition
) -> None:
    """The hash of a draft without an English file is the one that was stored before that column came."""
    block = loaded.blocks.get(kind="text", position=1)
    values = [getattr(block, name) for name in loader.BLOCK_FIELDS]
    assert loader._filled(values) == values[:-1]


@pytest.mark.usefixtures("curriculum")
def test_a_trainer_sends_a_sheet_for_each_language(people: dict[str, Any]) -> None:
    module = Module.objects.get(slug=world.SLUG)
    module.course.trainers.add(people["trainer"])
    client = client_of(people["trainer"])
    client.cookies["django_language"] = "en"
    data = {
        "slug": "with-a-sheet", "module": module.pk, "title_zh": "新课", "title_en": "A new lesson",
        "objective_zh": "会", "objective_en": "Can", "source_zh": "站内", "source_en": "here", "position": "",
        "minutes": "5", "blocks-TOTAL_FORMS": 1, "blocks-INITIAL_FORMS": 0, "blocks-0-kind": "file",
        "blocks-0-heading_zh": "账本", "blocks-0-heading_en": "Book",
    }  # fmt: skip
    address = "/admin/courses/lessonedition/add/"
    assert "Choose a file" in client.post(address, data).content.decode()
    script = pdf().replace(b"/Root", b"/S /JavaScript /Root")
    files = {"blocks-0-upload": SimpleUploadedFile("a.pdf", script)}
    assert "could run" in client.post(address, data | files).content.decode()
    files = {
        "blocks-0-upload": SimpleUploadedFile("a.pdf", pdf()),
        "blocks-0-upload_en": SimpleUploadedFile("b.xlsx", xlsx()),
    }
    assert client.post(address, data | files).status_code == 302
    block = Block.objects.get(lesson__lesson__slug="with-a-sheet")
    assert [(row.mime, row.label) for row in (block.media, block.media_en) if row] == [
        ("application/pdf", "账本"),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Book"),
    ]


@pytest.mark.usefixtures("curriculum")
def test_a_sheet_is_no_picture(people: dict[str, Any]) -> None:
    row = Block.objects.filter(kind="picture", lesson__edition__number=0).first()
    assert row is not None
    row.kind = "file"
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert list(refused.value.message_dict) == ["media"]


def test_every_type_of_a_file_fits_its_column() -> None:
    """One database keeps what is too long, the other refuses the whole course."""
    longest = max((mime for kind in KINDS.values() for mime in kind.files.values()), key=len)
    assert len(longest) <= (Media._meta.get_field("mime").max_length or 0)
