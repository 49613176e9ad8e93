"""What is typed as it sounds: ``zenme tuihuo`` is read as 怎么退货. Pure.

Tones are left out, as people leave them out. The likeliest characters are those whose pairs the shipped
Chinese examples have (Viterbi 1967); where they would be strange, or the words are English ones, the text
stays as it is.
"""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from mooc.lib.text.hanzi import sounds

from . import corpus

LONGEST = 6  # letters of a syllable: zhuang
BEST = 12  # characters of a sound that are looked at, the most frequent
LEAST_READ = 0.75  # of the letters must be syllables
LEAST_STRANGE = 1 / 3  # of the letters must be in words that English examples do not have
LEAST_KNOWN = 0.6  # of the pairs of neighbouring characters must stand in examples
PAIR, ALONE = 0.8, 0.2  # weights of a pair's chance and of a character's own
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[a-z']+")
_RUN = re.compile(r"[\u3400-\u9fff]+")

END = "。"  # of what is said in one breath

Path = tuple[float, str]


@dataclass(frozen=True, slots=True)
class Known:
    """What the shipped examples say: characters by sound, how often each and each pair stands, and the
    words of English ones."""

    by_sound: dict[str, str]
    times: Counter[str]
    english: frozenset[str]

    def weight(self, before: str, ch: str) -> float:
        """The logarithm of a character's chance after another."""
        alone = self.times[ch] / self.times[""]
        pair = self.times[before + ch] / self.times[before] if before else alone
        return math.log(PAIR * pair + ALONE * alone)


@functools.cache
def _known() -> Known:
    times: Counter[str] = Counter()
    english: set[str] = set()
    for example in corpus.shipped_files():
        text = example.text.lower()
        if example.lang == "en":
            english.update(_WORD.findall(text))
        for run in _RUN.findall(text):
            times.update(run)
            times.update(run[at] + (run[at + 1 : at + 2] or END) for at in range(len(run)))
            times[""] += len(run)
            times[END] += 1
    by_sound = {
        sound: "".join(sorted((ch for ch in characters if times[ch]), key=lambda ch: -times[ch])[:BEST])
        for sound, characters in sounds().items()
    }
    return Known({sound: found for sound, found in by_sound.items() if found}, times, frozenset(english))


def read_out(line: str) -> str:
    """A tidy line with its syllables as characters, or the line itself where it is not pinyin."""
    if _HAN.search(line):
        return line
    words = _WORD.findall(line.replace("ü", "v"))
    if sum(map(len, words)) < LONGEST:
        return line
    known = _known()
    strange = sum(len(word) for word in words if word not in known.english)
    if strange < LEAST_STRANGE * sum(map(len, words)):
        return line
    return _likeliest(line, words, known) or line


def _likeliest(line: str, words: list[str], known: Known) -> str:
    """The line in characters, empty where too little of it can be read."""
    best: dict[str, Path] = {"": (0.0, "")}
    read = 0
    for word in words:
        ahead = _through(word.replace("'", ""), best, known)
        if ahead:
            read, best = read + len(word), ahead
        else:  # a name, a word of English: it stays between the characters
            _score, text = max(best.values())
            best = {"": (_score, f"{text} {word} ")}
    text = max((score + known.weight(last, END), text) for last, (score, text) in best.items())[1]
    numbers = " ".join(re.findall(r"[0-9]+", line))
    pairs = [run[at : at + 2] for run in _RUN.findall(text) for at in range(len(run) - 1)]
    seen = sum(known.times[pair] > 0 for pair in pairs)
    if read < LEAST_READ * sum(map(len, words)) or not pairs or seen < LEAST_KNOWN * len(pairs):
        return ""
    return " ".join(f"{text} {numbers}".split())


def _through(word: str, before: dict[str, Path], known: Known) -> dict[str, Path]:
    """The best ways through a word by the character they end with, from those before it."""
    at: list[dict[str, Path]] = [before, *({} for _letter in word)]
    for start, end in _spans(word):
        for ch in known.by_sound.get(word[start:end], "") if at[start] else "":
            path = max(
                (score + known.weight(last, ch), text + ch) for last, (score, text) in at[start].items()
            )
            at[end][ch] = max(path, at[end].get(ch, path))
    return at[-1] if word else {}


def _spans(word: str) -> Iterator[tuple[int, int]]:
    for start in range(len(word)):
        for end in range(start + 1, min(start + LONGEST, len(word)) + 1):
            yield start, end
