"""Pictures that trainers send: known by content, bounded, decoded whole, written anew."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from courses.media import uploads
from courses.media.uploads import BadPicture, store_picture
from courses.models import Media

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
        pytest.param(png_that_claims(8_000, 6_000), id="too many pixels, and cut off"),
        pytest.param(picture() + b"\0" * uploads.MAX_BYTES, id="too many bytes"),
    ],
)
def test_what_is_no_whole_picture_is_refused_and_nothing_is_kept(data: bytes) -> None:
    with pytest.raises(BadPicture) as refused:
        send(data)
    assert str(refused.value)
    assert not Media.objects.exists()


# --- what phones and scanners make ----------------------------------------------------------------------------


def frames(kind: str) -> bytes:
    first, second = Image.new("RGB", (60, 40), "red"), Image.new("RGB", (60, 40), "blue")
    out = io.BytesIO()
    first.save(out, kind, save_all=True, append_images=[second], duration=200)
    return out.getvalue()


def flat(width: int, height: int) -> bytes:
    """A whole picture of one colour: many pixels in few bytes."""
    out = io.BytesIO()
    Image.new("1", (width, height)).save(out, "PNG")
    return out.getvalue()


def boxed(brand: bytes) -> bytes:
    """The first bytes of a file in boxes: HEIC, AVIF and films differ in the brand they name."""
    return b"\x00\x00\x00\x18ftyp" + brand + b"\x00\x00\x00\x00mif1heic" + b"\x00" * 100


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        pytest.param(boxed(b"heic"), "Most Compatible", id="heic of an iphone"),
        pytest.param(boxed(b"mif1"), "Most Compatible", id="heif"),
        pytest.param(boxed(b"avif"), "AVIF", id="avif"),
        pytest.param(boxed(b"mp42"), "film", id="film"),
        pytest.param(picture("TIFF"), "scanner", id="tiff of a scanner"),
        pytest.param(b"%PDF-1.7\n" + b"0" * 300, "PDF", id="pdf of a scanner"),
        pytest.param(frames("GIF"), "moves", id="moving gif"),
        pytest.param(frames("WEBP"), "moves", id="moving webp"),
        pytest.param(frames("PNG"), "moves", id="moving png"),
        pytest.param(picture()[:-400], "damaged", id="cut off"),
        pytest.param(flat(7_000, 6_000), "too many pixels", id="42 million whole pixels"),
        pytest.param(flat(20_000, 9_500), "too many pixels", id="190 million"),
        pytest.param(flat(600, 30_000), "too tall", id="taller than can be read"),
        pytest.param(b"a word file" * 30, ".jpg", id="no picture"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_to_do(data: bytes, sentence: str) -> None:
    with translation.override("en"):
        with pytest.raises(BadPicture) as refused:
            send(data)
        assert sentence in str(refused.value)
    assert not Media.objects.exists()


def test_a_long_screenshot_is_kept_as_tall_as_its_format_allows() -> None:
    media = send(flat(1080, 20_000))
    assert media.height <= uploads.TALLEST
    assert (media.width, media.height) == (884, 16370)
    assert media.width / media.height == pytest.approx(1080 / 20_000, rel=0.01)
    assert [size.width for size in media.sizes.all()] == [480, 800]


def shown(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(stored(send(data))))


def test_sixteen_bits_of_a_scanner_keep_their_greys() -> None:
    grey = Image.new("I;16", (40, 40), 128 * 257)
    out = io.BytesIO()
    grey.save(out, "PNG")
    red, green, blue = shown(out.getvalue()).convert("RGB").getpixel((20, 20))  # type: ignore[misc]  # three colours
    assert all(abs(value - 128) <= 4 for value in (red, green, blue))


def test_a_printers_jpeg_keeps_its_colours() -> None:
    out = io.BytesIO()
    Image.new("RGB", (40, 40), (200, 30, 30)).convert("CMYK").save(out, "JPEG", quality=95)
    pixel = shown(out.getvalue()).convert("RGB").getpixel((20, 20))
    assert pixel is not None
    assert all(abs(a - b) <= 12 for a, b in zip(pixel, (200, 30, 30), strict=True))  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize("mode", ["P", "L", "RGB"])
def test_what_is_clear_stays_clear(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (40, 40), 0).save(out, "PNG", transparency=(0, 0, 0) if mode == "RGB" else 0)
    assert shown(out.getvalue()).convert("RGBA").getpixel((20, 20))[3] == 0  # type: ignore[index]  # four values


def test_a_phones_double_picture_is_its_first() -> None:
    out = io.BytesIO()
    first, second = Image.new("RGB", (60, 40), "red"), Image.new("RGB", (30, 20), "blue")
    first.save(out, "MPO", save_all=True, append_images=[second])
    assert shown(out.getvalue()).size == (60, 40)


@pytest.mark.parametrize(
    ("kind", "size"), [("BMP", (640, 480)), ("GIF", (640, 480)), ("PNG", (3000, 1)), ("PNG", (1, 1))]
)
def test_odd_but_whole_pictures_are_kept(kind: str, size: tuple[int, int]) -> None:
    wide = min(size[0], 1280)
    assert shown(picture(kind, size)).size == (wide, max(1, size[1] * wide // size[0]))


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
