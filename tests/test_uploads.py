"""Pictures that trainers send: known by content, bounded, decoded whole, written anew."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from courses import uploads
from courses.models import Media
from courses.uploads import BadPicture, store_picture

pytestmark = pytest.mark.django_db
SECRET = b"village well at 27.6N 114.1E"


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (640, 480), mode: str = "RGB", **options: object
) -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").resize(size).convert(mode).save(out, kind, **options)
    return out.getvalue()


def send(data: bytes, name: str = "a.jpg") -> Media:
    return store_picture(upload=SimpleUploadedFile(name, data))


def stored(media: Media) -> bytes:
    with media.file.open("rb") as file:
        return bytes(file.read())


def png_that_claims(width: int, height: int) -> bytes:
    """A few hundred bytes that say they are enormous: a decompression bomb."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "1"),
                       ("WEBP", "RGB"), ("WEBP", "RGBA")],
)  # fmt: skip
def test_every_kind_of_picture_becomes_webp(kind: str, mode: str) -> None:
    data = picture(kind, mode=mode)
    again = Image.open(io.BytesIO(stored(send(data))))
    assert (again.format, again.size) == ("WEBP", (640, 480))


def test_a_wide_picture_is_kept_in_three_sizes() -> None:
    media = send(picture(size=(3000, 2000)))
    assert (media.width, media.height) == (1280, 853)
    assert sorted(media.sizes.values_list("width", flat=True)) == [480, 800]


def test_where_and_when_it_was_taken_is_dropped_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lying on its side
    exif[0x010E] = SECRET.decode()
    media = send(picture(size=(640, 480), exif=exif.tobytes(), comment=SECRET))
    assert (media.width, media.height) == (480, 640)
    assert SECRET not in stored(media)


def test_text_hidden_in_or_after_a_picture_is_gone() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", SECRET.decode())
    data = picture("PNG", pnginfo=notes) + b"<script>alert(1)</script>" + SECRET
    kept = stored(send(data, "a.png"))
    assert SECRET not in kept
    assert b"<script" not in kept


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", id="svg"),
        pytest.param(b"<!doctype html><script>1</script>", id="html"),
        pytest.param(b"GIF89a" + b"\0" * 60, id="gif"),
        pytest.param(b"%PDF-1.7\n", id="pdf"),
        pytest.param(b"\xff\xd8\xff\xe0" + b"\0" * 200, id="jpeg by its first bytes only"),
        pytest.param(b"\x89PNG\r\n\x1a\n<?php system($_GET[0]);", id="png by its first bytes only"),
        pytest.param(picture()[:-400], id="cut off"),
        pytest.param(picture("PNG")[:-400], id="png cut off"),
        pytest.param(png_that_claims(60_000, 60_000), id="bomb"),
        pytest.param(png_that_claims(8_000, 6_000), id="too many pixels"),
        pytest.param(picture() + b"\0" * uploads.MAX_BYTES, id="too many bytes"),
    ],
)
def test_what_is_no_whole_picture_is_refused_and_nothing_is_kept(data: bytes) -> None:
    with pytest.raises(BadPicture) as refused:
        send(data)
    assert str(refused.value)
    assert not Media.objects.exists()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 4000), st.binary(min_size=1, max_size=40))
def test_a_damaged_picture_is_refused_or_decoded_and_never_fails(place: int, noise: bytes) -> None:
    good = picture(size=(80, 60))
    place %= len(good)
    try:
        media = send(good[:place] + noise + good[place + len(noise) :])
    except BadPicture:
        return
    assert Image.open(io.BytesIO(stored(media))).format == "WEBP"


def test_the_name_of_the_file_decides_nothing() -> None:
    media = send(picture("PNG"), "../../etc/passwd.php\x00.svg")
    assert media.file.name.startswith("m/")
    assert media.file.name.endswith(".webp")
