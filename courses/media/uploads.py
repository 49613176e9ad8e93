"""Uploaded pictures: known by content, bounded, decoded whole, written anew in a few sizes.

What comes in is never what goes out: metadata and anything hidden in the file are gone.
"""

from __future__ import annotations

import io

import filetype
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from mooc.lib.errors import DomainError

from ..models import Media, MediaSize
from .services import keep_file, store_media

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000
WIDTHS = (1280, 800, 480)
TALLEST = 16_383  # WebP knows no more
QUALITY = 74
FORMATS = {
    "image/jpeg": "JPEG", "image/png": "PNG", "image/apng": "PNG",
    "image/webp": "WEBP", "image/gif": "GIF", "image/bmp": "BMP",
    "image/x-ms-bmp": "BMP",
}  # fmt: skip
# What phones and scanners also make, and what to do about it.
ADVICE = {
    "image/heic": _(
        "This is a HEIC picture, as iPhones take them. On the iPhone choose Settings, Camera, Formats, "
        "“Most Compatible” and take it once more; or take a screenshot of it and choose that."
    ),
    "image/avif": _("This is an AVIF picture. Take a screenshot of it and choose that."),
    "image/tiff": _(
        "This is a TIFF, as scanners make them. Set the scanner to JPEG, or take a photo of the sheet."
    ),
    "application/pdf": _("This is a PDF. Take a screenshot of the page you want to show."),
    "video/mp4": _("This is a film. Choose a picture, or take a screenshot of the moment you want to show."),
}
NO_PICTURE = _("This is no picture we can use. Choose one that ends in .jpg, .png or .webp.")
TOO_MANY = _(
    "The picture has too many pixels: 40 million at most. Take it at a lower setting, or cut out the part that matters."
)


class BadPicture(DomainError):
    """The file is no picture we can use."""

    code = "bad_picture"


def store_picture(*, upload: UploadedFile, label: str = "") -> Media:
    """Keep a picture as WebP, 1280 pixels wide at most, with smaller copies for phones.

    :raises BadPicture: too large, of another type, or not whole; nothing is kept.
    """
    if (upload.size or 0) > MAX_BYTES:
        raise BadPicture(
            _("The picture is over 8 MB. Send it to yourself in a chat first: that makes it smaller.")
        )
    picture = _decode(upload.read(MAX_BYTES + 1))
    widest = min(picture.width, WIDTHS[0], _widest(picture))
    copies = [_webp(picture, width) for width in (widest, *(w for w in WIDTHS[1:] if w < widest))]
    with transaction.atomic():
        data, width, height = copies[0]
        media = store_media(
            data=data, mime="image/webp", extension="webp", width=width, height=height, label=label
        )
        for data, width, _height in copies[1:]:
            _keep_size(media, data, width)
    return media


def _widest(picture: Image.Image) -> int:
    """How wide it may be stored so that it is not too tall for its format: a long screenshot is made smaller."""
    widest = TALLEST * picture.width // picture.height
    if widest < min(picture.width, WIDTHS[-1]):
        raise BadPicture(_("The picture is too tall to be read on a phone. Cut it into two or three pieces."))
    return widest


def _decode(data: bytes) -> Image.Image:
    kind = filetype.guess(data)
    mime = kind.mime if kind else ""
    if mime not in FORMATS:
        raise BadPicture(ADVICE.get(mime, NO_PICTURE))
    try:
        picture = Image.open(io.BytesIO(data), formats=[FORMATS[mime]])
        _refuse_unfit(picture)
        picture.load()
        return _plain(ImageOps.exif_transpose(picture))
    except BadPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadPicture(TOO_MANY) from error
    except Exception as error:  # a damaged file makes a decoder raise anything
        raise BadPicture(_("The picture is damaged. Take it once more, or send another.")) from error


def _refuse_unfit(picture: Image.Image) -> None:
    """Before anything is unpacked. A phone's second picture inside a JPEG (MPO) is no movement."""
    if picture.width * picture.height > MAX_PIXELS:
        raise BadPicture(TOO_MANY)
    if picture.format != "MPO" and getattr(picture, "is_animated", False):
        raise BadPicture(
            _("This picture moves. Take a screenshot of the moment you want to show, and choose that.")
        )


def _plain(picture: Image.Image) -> Image.Image:
    """Eight bits a colour, with transparency where there is some. Sixteen bits (scanners) are not cut but
    scaled: else all that is brighter than the darkest turns white."""
    if picture.mode.startswith("I"):
        picture = picture.point(lambda value: value * (1 / 256)).convert("L")
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _webp(picture: Image.Image, width: int) -> tuple[bytes, int, int]:
    height = max(1, round(picture.height * width / picture.width))
    small = picture if width == picture.width else picture.resize((width, height), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue(), width, height


def _keep_size(media: Media, data: bytes, width: int) -> None:
    if media.sizes.filter(width=width).exists():
        return
    size = MediaSize(media=media, width=width, bytes=len(data))
    size.file.name = keep_file(f"m/{media.sha256[:24]}-{width}.webp", data)
    size.save()
