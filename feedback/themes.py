"""The model in use: trained once from the shipped corpus, kept in the data directory."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

from django.conf import settings

from .classifier import corpus, encoder, engine, store
from .classifier.engine import Model

logger = logging.getLogger(__name__)


def shipped_model() -> Model:
    """The model of the shipped corpus for the encoder at hand; trained and kept when it is not there yet.

    A file that is missing, damaged or of another encoder is said in the log and made anew.
    """
    examples = corpus.shipped()
    path = _path(examples)
    try:
        return store.load(path, encoder.encoder_id())
    except store.Unusable as error:
        if path.exists():
            logger.warning("classifier model made anew: %s", error)
    if encoder.encoder_id() == encoder.HASH_ONLY:
        logger.warning("no sentence encoder here: questions are classed by their words alone")
    model = engine.train(examples)
    store.save(model, path)
    return model


def _path(examples: list[corpus.Example]) -> Path:
    """Named by what it was made of: another corpus, encoder or engine is another file."""
    found = hashlib.sha256(f"{engine.VERSION}|{encoder.encoder_id()}".encode())
    for example in examples:
        found.update(f"{example.theme}\t{example.text}\n".encode())
    return Path(settings.DATA_DIR) / "models" / f"themes-{found.hexdigest()[:16]}.npz"
