"""What the question engine makes of slips, pinyin and themes it does not know: ``python -m tests.bench.strange``.

``slips`` asks the held-out questions again with one slip of typing each, and as pinyin; ``themes`` gives F1 by
theme and language; ``unknown`` hides each theme from training and asks its questions (sixteen trainings).
"""

from __future__ import annotations

import os
import random
import string
import sys
from collections.abc import Callable, Sequence

import django
import numpy as np

from feedback.engine.classifier import corpus, engine
from mooc.lib.text.hanzi import sounds

SEED = 11
Slip = Callable[[str, random.Random], str]


def dropped(text: str, dice: random.Random) -> str:
    """One letter or character less."""
    place = dice.randrange(len(text))
    return text[:place] + text[place + 1 :]


def swapped(text: str, dice: random.Random) -> str:
    """Two neighbours in each other's place."""
    place = dice.randrange(max(1, len(text) - 1))
    return text[:place] + text[place : place + 2][::-1] + text[place + 2 :]


def misheard(text: str, dice: random.Random) -> str:
    """One character by any other of the same sound that our examples have: not only those of the noisy
    copies in training. English has none; there one letter becomes another."""
    heard = _heard()
    places = [place for place, sign in enumerate(text) if sign in heard]
    if places:
        place = dice.choice(places)
        return text[:place] + dice.choice(heard[text[place]]) + text[place + 1 :]
    letters = [place for place, sign in enumerate(text) if sign in string.ascii_letters]
    if not letters:
        return text
    place = dice.choice(letters)
    return text[:place] + dice.choice(string.ascii_lowercase) + text[place + 1 :]


def as_pinyin(text: str, _dice: random.Random) -> str:
    """Chinese without tones, a space between syllables; other signs as they are."""
    sound_of = {sign: sound for sound, signs in reversed(sounds().items()) for sign in signs}
    return " ".join("".join(f" {sound_of[sign]} " if sign in sound_of else sign for sign in text).split())


def _heard() -> dict[str, str]:
    """Other characters of the same sound, of those that stand in examples."""
    known = {sign for example in corpus.shipped() for sign in example.text}
    found: dict[str, str] = {}
    for signs in sounds().values():
        here = [sign for sign in signs if sign in known]
        for sign in here:
            found.setdefault(sign, "".join(other for other in here if other != sign))
    return {sign: others for sign, others in found.items() if others}


def slips() -> None:
    """First theme right, among three, and labelled alone with how much of it right, by slip and language."""
    from feedback.engine import in_use  # it has tables: not before Django is set up

    model, asked = in_use.shipped_model(), corpus.held_out()
    kinds: dict[str, Slip] = {
        "as written": lambda text, _dice: text, "dropped": dropped, "swapped": swapped,
        "misheard or mistyped": misheard, "pinyin": as_pinyin,
    }  # fmt: skip
    for name, slip in kinds.items():
        dice = random.Random(SEED)  # the same slips every time
        guesses = model.guess([slip(example.text, dice) for example in asked])
        for lang in engine.LANGUAGES if name != "pinyin" else ("zh",):
            mine = [(g, e) for g, e in zip(guesses, asked, strict=True) if e.lang == lang]
            sure = [g.theme == e.theme for g, e in mine if g.sure]
            first = sum(g.theme == e.theme for g, e in mine) / len(mine)
            three = sum(e.theme in g.top for g, e in mine) / len(mine)
            told = f"first {first:.3f}  three {three:.3f}  alone {len(sure) / len(mine):.3f}"
            print(f"{name:<20}  {lang}  {told}  right {sum(sure) / max(1, len(sure)):.3f}", flush=True)


def themes() -> None:
    """F1 of each theme by language: out of fold over all examples, and held out by the shipped model."""
    from feedback.engine import in_use

    ready, asked, model = engine.prepare(corpus.shipped()), corpus.held_out(), in_use.shipped_model()
    folded = engine.out_of_fold(ready, engine.STRENGTH).logits.argmax(axis=1)
    place = {theme: number for number, theme in enumerate(ready.themes)}
    guessed = np.array([place[guess.theme] for guess in model.guess([example.text for example in asked])])
    labels, languages = np.array([place[e.theme] for e in asked]), np.array([e.lang for e in asked])
    columns = []
    for lang in engine.LANGUAGES:
        mine, theirs = ready.languages == lang, languages == lang
        columns.append(engine.f1_scores(folded[mine], ready.labels[mine], len(place)))
        columns.append(engine.f1_scores(guessed[theirs], labels[theirs], len(place)))
    print("theme", "zh out of fold", "zh held out", "en out of fold", "en held out", sep=" | ")
    for theme in corpus.themes():
        print(theme.code, *(f"{column[place[theme.code]]:.3f}" for column in columns), sep=" | ")


def unknown() -> None:
    """How many questions of a theme that is hidden from training are labelled surely with another, "other" too:
    none of those reaches the search for new themes."""
    rows, asked = corpus.shipped(), corpus.held_out()
    sets = {"examples": rows, "held out": asked}
    sure: dict[tuple[str, str], list[bool]] = {(name, lang): [] for name in sets for lang in engine.LANGUAGES}
    for code in [theme.code for theme in corpus.themes() if theme.code != corpus.OTHER]:
        model = engine.train([example for example in rows if example.theme != code])
        for name, known in sets.items():
            mine = [example for example in known if example.theme == code]
            for example, guess in zip(mine, model.guess([e.text for e in mine]), strict=True):
                sure[name, example.lang].append(guess.sure)
        print(
            code,
            *(f"{name} {lang} {share(told)}" for (name, lang), told in sure.items()),
            sep="  ",
            flush=True,
        )


def share(told: Sequence[bool]) -> str:
    """How many of them, and of how many."""
    return f"{sum(told) / max(1, len(told)):.3f} of {len(told)}"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mooc.settings")
    django.setup()
    {"slips": slips, "themes": themes, "unknown": unknown}[sys.argv[1]]()
