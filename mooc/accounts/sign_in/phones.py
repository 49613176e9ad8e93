"""Mobile numbers as people type them. Pure."""

from __future__ import annotations

import re
import unicodedata

_MOBILE = re.compile(r"^1[3-9]\d{9}$")


def normalise(text: str) -> str | None:
    """``138 0571-6021``, ``+86 138…``, full-width digits → ``13805716021``; ``None`` if no mobile."""
    plain = unicodedata.normalize("NFKC", text[:40])
    digits = re.sub(r"[\s\-‐-―().·]", "", plain)
    digits = re.sub(r"^(?:\+|00)86", "", digits)
    return digits if digits.isascii() and _MOBILE.match(digits) else None


def digits_only(text: str, most: int) -> str:
    """The digits of a typed code, full-width ones too, ``most`` at most plus one to notice excess."""
    plain = unicodedata.normalize("NFKC", text[:60])
    return "".join(ch for ch in plain if ch in "0123456789")[: most + 1]
