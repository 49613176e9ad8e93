"""Uploaded pictures: known by content, bounded, decoded whole, written anew in a few sizes.

What comes in is never what goes out: metadata and anything hidden in the file are gone.
"""

from __future__ import annotations

import io
import warnings

import filetype
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from mooc.lib.errors import DomainError

from .models import Media, MediaSize
from .services import keep_file, store_media

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000
WIDTHS = (1280, 800, 480)
QUALITY = 74
TYPES = {"image/jpeg", "image/png", "image/webp"}


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
    widest = min(picture.width, WIDTHS[0])
    copies = [_webp(picture, width) for width in (widest, *(w for w in WIDTHS[1:] if w < widest))]
    with transaction.atomic():
        data, width, height = copies[0]
        media = store_media(
            data=data, mime="image/webp", extension="webp", width=width, height=height, label=label
        )
        for data, width, _height in copies[1:]:
            _keep_size(media, data, width)
    return media


def _decode(data: bytes) -> Image.Image:
    kind = filetype.guess(data)
    if kind is None or kind.mime not in TYPES:
        raise BadPicture(_("This is no JPEG, PNG or WebP picture."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP"])
            if picture.width * picture.height > MAX_PIXELS:
                raise BadPicture(_("The picture has too many pixels. Take it at a lower setting."))
            picture.load()
            upright = ImageOps.exif_transpose(picture)
            return upright.convert("RGBA" if upright.mode in ("RGBA", "LA", "P") else "RGB")
    except (
        OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning,
    ) as error:  # fmt: skip
        raise BadPicture(_("The picture is damaged. Take it once more, or send another.")) from error


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
