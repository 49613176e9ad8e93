"""Names and passwords in one normal form: what looks the same is the same. Pure.

A name is kept as it was written, without what nobody can see. It is *compared* by :func:`key`: full-width
letters, capitals, invisible characters, white space and the middle dots of different keyboards make no
other name, nor do letters of another script that look like the Latin or Chinese ones.
"""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .cleaning import clean

TITLES = (
    "title",
    "title_zh",
    "title_en",
    "name_zh",
    "name_en",
)  # fields that name something people choose from
ROUNDS = 5  # what is folded may unfold to something that is folded again
MOST = 150  # characters of a key; a single sign may unfold to eighteen
# What takes no ink: Unicode's "default ignorable" characters, and blanks that count as letters or signs.
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800"
    "\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
_FORMS = (
    "\ufe00-\ufe0f\U000e0100-\U000e01ef"  # choose the form of the character before them: kept, not compared
)
_DROPPED = re.compile(f"[{_UNSEEN}]")
_UNCOUNTED = re.compile(f"[{_UNSEEN}{_FORMS}]")
_IGNORED = re.compile(rf"[{_UNSEEN}{_FORMS}\s]")
_ALIKE = str.maketrans(
    {
        other: one
        for one, others in {
            "a": "аαɑ", "b": "вβ", "c": "сϲ", "d": "ԁ", "e": "еε", "g": "ɡ", "h": "һнη", "i": "іιı", "j": "јϳ",
            "k": "кκ", "m": "мμ", "o": "оο", "p": "рρ", "q": "ԛ", "s": "ѕ", "t": "тτ", "u": "υ", "v": "ѵν", "w": "ԝ",
            "x": "хχ", "y": "уγ", "z": "ζ", "力": "カ", "口": "ロ", "二": "ニ", "一": "ー", "八": "ハ", "夕": "タ",
            "工": "エ", "卜": "ト", "-": "‐‑‒–—―−", "·": "•‧・᛫∙⋅●゠․", "'": "‘’ʼ`´ʹ",
        }.items()
        for other in others
    }
)  # fmt: skip


def plain(text: str) -> str:
    """A name as it is kept and shown: without control, direction and invisible characters, white space folded."""
    return unicodedata.normalize("NFC", clean(_DROPPED.sub("", text)))


def key(text: str) -> str:
    """What a name is compared by. Never shown."""
    for _round in range(ROUNDS):
        text, before = _folded(text), text
        if text == before:
            break
    return text


def _folded(text: str) -> str:
    bare = _IGNORED.sub("", clean(text))
    return _IGNORED.sub("", unicodedata.normalize("NFKC", bare).casefold().translate(_ALIKE)).replace(
        "i\u0307", "i"
    )


def can_be_seen(text: str) -> bool:
    """Whether a name has a letter or a digit that takes ink."""
    return any(unicodedata.category(character)[0] in "LN" for character in key(text))


def validate(text: str) -> None:
    """A field's validator: a name has a letter or digit that can be seen, and is not endless.

    :raises ValidationError: else.
    """
    if not can_be_seen(text):
        raise ValidationError(_("Write a name with letters that can be seen."), code="unseen")
    if len(key(text)) > MOST:
        raise ValidationError(_("This name is too long."), code="too_long")


def password(text: str) -> str:
    """A password as it is compared: full-width signs are plain ones, what nobody sees does not count."""
    return unicodedata.normalize("NFKC", _UNCOUNTED.sub("", text)).strip()
