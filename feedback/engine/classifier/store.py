"""A model in one file: npz without pickle, with a JSON header. Written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from .engine import Model
from .features import Scale

FORMAT = 1
ARRAYS = ("mean", "idf", "matrix", "intercept", "meaning", "labels")


class Unusable(Exception):
    """The file is missing, damaged, or of another encoder: the message says which."""


def save(model: Model, path: Path) -> str:
    """Write a model; a reader sees the old file or the new one. Returns the sha256 of its arrays."""
    arrays = {
        "mean": model.scale.mean, "idf": model.scale.idf, "matrix": model.matrix.astype(np.float32),
        "intercept": model.intercept.astype(np.float32), "meaning": model.meaning, "labels": model.labels.astype(np.int16),
    }  # fmt: skip
    digest = _digest(arrays)
    header = {
        "format": FORMAT, "themes": model.themes, "encoder": model.encoder, "strength": model.strength,
        "temperature": model.temperature, "threshold": model.threshold, "counts": model.counts,
        "metrics": model.metrics, "sha256": digest,
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

    :raises Unusable: when the file is missing, damaged, or of another encoder.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            header: dict[str, Any] = json.loads(bytes(file["header"]))
            arrays = {name: file[name] for name in ARRAYS}
    except Exception as error:  # a damaged zip raises many kinds
        raise Unusable(f"{path.name}: {type(error).__name__}") from error
    if header.get("format") != FORMAT or header.get("sha256") != _digest(arrays):
        raise Unusable(f"{path.name}: damaged")
    if header["encoder"] != encoder:
        raise Unusable(f"{path.name}: made with {header['encoder']}, here is {encoder}")
    return Model(
        tuple(header["themes"]), header["encoder"], header["strength"], header["temperature"], header["threshold"],
        Scale(arrays["mean"], arrays["idf"]), arrays["matrix"], arrays["intercept"], arrays["meaning"],
        arrays["labels"].astype(int), tuple(header["counts"]), header["metrics"],
    )  # fmt: skip


def _digest(arrays: dict[str, np.ndarray]) -> str:
    found = hashlib.sha256()
    for name in ARRAYS:
        found.update(np.ascontiguousarray(arrays[name]).tobytes())
    return found.hexdigest()
