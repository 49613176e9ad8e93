"""What is typed as it sounds: ``kuaidi`` is looked up as 快递, if lessons say that.

Tones are left out, as people leave them out. Only pairs of characters that stand in published lessons or in
the table of synonyms come of it, so an English word stays one.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from mooc.lib.text.cleaning import fold, tokens
from mooc.lib.text.hanzi import sounds

from ..models import SearchEntry
from ..standing import while_content_stands
from .wording import synonyms

LONGEST = 40  # letters
READINGS = 32  # ways to part the letters that are looked at
Pairs = Mapping[tuple[str, str], tuple[tuple[str, float], ...]]


def sounded_out(text: str) -> str:
    """The text with its Latin words as characters, or nothing where they are no such sounds."""
    text = fold(text)
    letters = "".join(re.findall("[a-z]+", text))
    if not 3 < len(letters) <= LONGEST or re.search(r"[^a-z\s'’]", text):
        return ""
    pairs = _pairs()
    found = [chain for parts in _syllables(letters) if (chain := _written(parts, pairs))]
    return max(found, key=lambda chain: chain[0])[1] if found else ""


def _syllables(letters: str) -> list[list[str]]:
    """All ways to part letters into syllables, at most so many."""
    ways: dict[int, list[list[str]]] = defaultdict(list, {0: [[]]})
    for end in range(1, len(letters) + 1):
        for size in range(1, min(6, end) + 1):
            part = letters[end - size : end]
            if part in sounds():
                ways[end] += [[*way, part] for way in ways[end - size]][:READINGS]
    return ways[len(letters)][:READINGS]


def _written(parts: Sequence[str], pairs: Pairs) -> tuple[float, str] | None:
    """The likeliest characters: one word, else two that stand apart. Fewer pieces are better."""
    whole = _word(parts, pairs)
    if whole:
        return whole
    for cut in range(2, len(parts) - 1):
        first, second = _word(parts[:cut], pairs), _written(parts[cut:], pairs)
        if first and second:
            return first[0] + second[0] - len(parts), f"{first[1]} {second[1]}"
    return None


def _word(parts: Sequence[str], pairs: Pairs) -> tuple[float, str] | None:
    """The likeliest chain of known pairs that sounds so."""
    if len(parts) < 2:
        return None
    best: dict[str, tuple[float, str]] = {}
    for place in range(len(parts) - 1):
        longer: dict[str, tuple[float, str]] = {}
        for pair, weight in pairs.get((parts[place], parts[place + 1]), ()):
            before = best.get(pair[0]) if place else (0.0, pair[0])
            if before and (chain := (before[0] + weight, before[1] + pair[1])) > longer.get(
                pair[1], (0.0, "")
            ):
                longer[pair[1]] = chain
        best = longer
    return max(best.values()) if best else None


@while_content_stands
def _pairs() -> Pairs:
    """Pairs of characters by their sounds, the frequent ones heavier: 1 query when lessons have changed."""
    counts = Counter(2 * [token for word in synonyms() for token in tokens(word)])
    lines = SearchEntry.objects.filter(language="zh").values_list("tokens", "title_tokens")
    for line, titles in lines.iterator():
        counts.update({*line.split()})
        counts.update({*titles.split()})
    frequent = {
        pair: times for pair, times in counts.items() if times > 1
    }  # once: mostly over the edge of a word
    readings: dict[str, list[str]] = defaultdict(list)
    for sound, characters in sounds().items():
        for ch in characters:
            readings[ch].append(sound)
    found: dict[tuple[str, str], list[tuple[str, float]]] = defaultdict(list)
    for pair, times in frequent.items():
        for heard in _sounds_of(pair, readings):
            found[heard].append((pair, 1 + math.log(times)))
    return MappingProxyType({heard: tuple(rows) for heard, rows in found.items()})


def _sounds_of(pair: str, readings: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    if len(pair) == 2 and not pair.isascii():
        for first in readings.get(pair[0], ()):
            for second in readings.get(pair[1], ()):
                yield first, second
