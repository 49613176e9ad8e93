"""Hides what must not be public in what people write: phone, ID and bank numbers, outside links. Pure.

The asker and trainers read the text as it was typed; other readers see it through :func:`mask`.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

HIDDEN = "***"
_GROUPS = r"(?:\d{3,}(?:[ .\-·_]\d{2,})*|\d(?:[ .\-·_,，、]\d){9,})"
_NUMBER = re.compile(rf"\+?{_GROUPS}[xX]?")
_SPOKEN = re.compile(r"[〇零幺一二两三四五六七八九]{11,}")
_END = r"(?![a-z0-9])"
_TOPS = "com|cn|net|org|top|xyz|shop|store|vip|cc|info|io|me|site|online|club|link|ltd|app|tv"
_LINK = re.compile(
    rf"(?:[a-z][a-z0-9+.\-]{{1,10}}://|www\.)[^\s一-鿿]+"
    rf"|[a-z0-9._%+\-]+@[a-z0-9.\-]+\.[a-z]{{2,}}"
    rf"|(?<![a-z0-9@])(?:[a-z0-9\-]+\.)+(?:{_TOPS}){_END}(?:[/?:][^\s一-鿿]*)?"
)
_CONTACT = re.compile(
    r"(?:微信号?|威信|薇信|wechat|vx|wx|qq群?|加[vq]|抖音号|快手号)\s*(?:id|号|是|为)?\s*[:：]?\s*([a-z0-9][a-z0-9_\-]{4,})"
)
LEAST_DIGITS = 11  # a mobile number; with a leading 0 (landline) ten are enough


def mask(text: str) -> str:
    """The text with numbers of 11 digits and more, landlines, links, addresses and accounts as ``***``.

    Full-width and spoken digits (一三八…) and digits parted by single signs count as digits. Masking
    again changes nothing.
    """
    plain = _flat(text)
    spans = [match.span() for match in _NUMBER.finditer(plain) if _is_private(match[0])]
    spans += [match.span() for match in _SPOKEN.finditer(plain)]
    spans += [match.span() for match in _LINK.finditer(plain)]
    spans += [match.span(1) for match in _CONTACT.finditer(plain)]
    return _cut(text, spans)


def _flat(text: str) -> str:
    """Lower case with full-width signs made plain, letter by letter, so that places stay."""
    return "".join(_one(ch) for ch in text)


def _one(letter: str) -> str:
    folded = unicodedata.normalize("NFKC", letter).lower()
    return folded if len(folded) == 1 else letter


def _is_private(run: str) -> bool:
    digits = [ch for ch in run if ch.isdigit()]
    return len(digits) >= LEAST_DIGITS or (len(digits) >= LEAST_DIGITS - 1 and digits[0] == "0")


def _cut(text: str, spans: list[tuple[int, int]]) -> str:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    if not merged:
        return text
    kept = [text[: merged[0][0]]]
    kept += [text[before[1] : after[0]] for before, after in pairwise(merged)]
    kept.append(text[merged[-1][1] :])
    return HIDDEN.join(kept)
