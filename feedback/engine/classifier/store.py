"""A model in one file: npz without pickle, with a JSON header. Written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from .codes import Codes
from .engine import Calibration, Model
from .features import Scale, Vocabulary

FORMAT = 2
ARRAYS = ("grams", "mean", "idf", "matrix", "intercept", "codes", "worth", "labels")


class Unusable(Exception):
    """The file is missing, damaged, or of another encoder: the message says which."""


def save(model: Model, path: Path) -> str:
    """Write a model; a reader sees the old file or the new one. Returns the sha256 of its arrays."""
    arrays = {
        "grams": np.frombuffer("\n".join(model.vocabulary.grams).encode(), np.uint8),
        "mean": model.scale.mean, "idf": model.scale.idf, "matrix": model.matrix.astype(np.float16),
        "intercept": model.intercept.astype(np.float32), "codes": model.meaning.codes, "worth": model.meaning.worth,
        "labels": model.labels.astype(np.int16),
    }  # fmt: skip
    digest = _digest(arrays)
    header = {
        "format": FORMAT, "themes": model.themes, "encoder": model.encoder, "strength": model.strength,
        "calibration": {name: [one.temperature, one.threshold] for name, one in model.calibration.items()},
        "counts": model.counts, "metrics": model.metrics, "sha256": digest,
    }  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            written = np.frombuffer(json.dumps(header).encode(), np.uint8)
            np.savez_compressed(file, allow_pickle=False, header=written, **arrays)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return digest


def load(path: Path, encoder: str) -> Model:
    """Read a model made with this encoder.

    :raises Unusable: when the file is missing, damaged, of another format or of another encoder.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            header: dict[str, Any] = json.loads(bytes(file["header"]))
            if header.get("format") != FORMAT:
                raise Unusable(f"{path.name}: of format {header.get('format')}, not {FORMAT}")
            arrays = {name: file[name] for name in ARRAYS}
    except Unusable:
        raise
    except Exception as error:  # a damaged zip raises many kinds
        raise Unusable(f"{path.name}: {type(error).__name__}") from error
    if header.get("sha256") != _digest(arrays):
        raise Unusable(f"{path.name}: damaged")
    if header["encoder"] != encoder:
        raise Unusable(f"{path.name}: made with {header['encoder']}, here is {encoder}")
    gram_lines = arrays["grams"].tobytes().decode()
    return Model(
        tuple(header["themes"]), header["encoder"], header["strength"],
        {name: Calibration(*both) for name, both in header["calibration"].items()},
        Vocabulary(tuple(gram_lines.split("\n")) if gram_lines else ()), Scale(arrays["mean"], arrays["idf"]),
        arrays["matrix"], arrays["intercept"], Codes(arrays["codes"], arrays["worth"]),
        arrays["labels"].astype(int), tuple(header["counts"]), header["metrics"],
    )  # fmt: skip


def _digest(arrays: dict[str, np.ndarray]) -> str:
    found = hashlib.sha256()
    for name in ARRAYS:
        found.update(np.ascontiguousarray(arrays[name]).tobytes())
    return found.hexdigest()
