"""Length of lessons and sentences: the reading rules of the screen, as a check on content.

Level 1 sentences have at most 20 Chinese characters or 15 English words (PRODUCT, rule 9); GOV.UK
and COGA ask the same of public services.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

READ_A_MINUTE = 150  # Chinese characters, by a slow reader
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0002ffff]")
WORD = re.compile(r"[A-Za-z0-9][\w’'.,%/-]*")
_SENTENCE_END = {
    "zh": re.compile(r"[。！？；：\n]"),
    "en": re.compile(r"[.!?;:](?=\s|$|[”\"’)])|\n"),
}

# (least, most, longest sentence) by language and level: characters in Chinese, words in English.
LIMITS = {
    ("zh", "L1"): (120, 220, 20),
    ("zh", "L2"): (150, 350, 30),
    ("zh", "L3"): (150, 350, 30),
    ("en", "L1"): (75, 185, 15),
    ("en", "L2"): (90, 290, 25),
    ("en", "L3"): (90, 290, 25),
}


def plain(text: str) -> str:
    """Markdown to plain words: emphasis, marks of lists, headings and tables, and link targets dropped."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"^\s*(?:[-*]|\d+\.)\s+", "", text, flags=re.MULTILINE)
    text = re.sub(r"^\s*#{1,6}\s+|^\s*\|?(?:\s*:?-+:?\s*\|)+\s*:?-*:?\s*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"\s*\|\s*", " ", text)
    return text.replace("*", "").replace("`", "")


def count(text: str, lang: str) -> int:
    """Chinese characters or English words in ``text``."""
    return len((HAN if lang == "zh" else WORD).findall(text))


def longest_sentence(text: str, lang: str) -> tuple[int, str]:
    """Length and wording of the longest sentence."""
    parts = [part.strip() for part in _SENTENCE_END[lang].split(text) if part.strip()]
    return max(((count(part, lang), part) for part in parts), default=(0, ""))


def prose_errors(parts: list[tuple[int, str]], lang: str, level: str) -> Iterator[tuple[int, str]]:
    """Yield (line, message) for every breach of the limits. ``parts`` is what is read, each with its line."""
    least, most, longest = LIMITS.get((lang, level), LIMITS[lang, "L1"])
    unit = "characters" if lang == "zh" else "words"
    total = 0
    for line, part in parts:
        total += count(part, lang)
        size, sentence = longest_sentence(part, lang)
        if size > longest:
            yield line, f"a sentence of {size} {unit}, at most {longest}: {sentence}"
    if parts and not least <= total <= most:
        yield 1, f"the lesson has {total} {unit}, it should have {least} to {most}"
