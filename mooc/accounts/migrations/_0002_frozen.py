"""How sign-in names were compared when 0002 made their keys. Frozen: ``mooc.lib.text.names`` may go its own way."""

import re
import unicodedata

_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
ROUNDS = 5  # what is folded may unfold to something that is folded again
# What takes no ink: Unicode's "default ignorable" characters, and blanks that count as letters or signs.
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800"
    "\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
_FORMS = (
    "\ufe00-\ufe0f\U000e0100-\U000e01ef"  # choose the form of the character before them: kept, not compared
)
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


def key(text: str) -> str:
    """What a name is compared by. Never shown."""
    for _round in range(ROUNDS):
        text, before = _folded(text), text
        if text == before:
            break
    return text


def _folded(text: str) -> str:
    bare = _IGNORED.sub("", _clean(text))
    return _IGNORED.sub("", unicodedata.normalize("NFKC", bare).casefold().translate(_ALIKE)).replace(
        "i\u0307", "i"
    )


def _clean(text: str) -> str:
    return " ".join(_UNWANTED.sub("", text).split())
