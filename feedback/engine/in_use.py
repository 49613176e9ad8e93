"""The model in use: the active version, else the one that ships, else words alone."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from ..models import ClassifierVersion
from .classifier import corpus, encoder, engine, store
from .classifier.engine import Model

logger = logging.getLogger(__name__)
SHIPPED = Path(__file__).resolve().parent / "classifier" / "models"


@dataclass(frozen=True, slots=True)
class InUse:
    """The model questions are classed with now.

    :param version: the active version's id; ``None`` for the shipped model.
    :param trouble: empty, or why it is not the one it should be.
    """

    model: Model
    version: int | None
    trouble: str = ""

    @property
    def words_only(self) -> bool:
        """Whether it works without the sentence encoder."""
        return self.model.encoder == encoder.HASH_ONLY


_loaded: dict[object, InUse] = {}
_lock = threading.Lock()


def in_use() -> InUse:
    """The active version when its file can be used here, else the shipped model: 1 query.

    What is wrong is said in the log, and on the engine's page in the admin.
    """
    active = ClassifierVersion.objects.filter(state=ClassifierVersion.State.ACTIVE).first()
    key = (active.pk, _written(folder() / active.file)) if active else None
    with _lock:
        if key not in _loaded:
            _loaded.clear()  # one model in memory is enough
            _loaded[key] = _from_version(active) if active else InUse(*_shipped())
        return _loaded[key]


def _written(path: Path) -> int:
    """When a file was written, 0 without one: a model that is mended or lost is noticed."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def forget() -> None:
    """Read the model's file again at the next question."""
    _loaded.clear()


def _from_version(active: ClassifierVersion) -> InUse:
    try:
        return InUse(store.load(folder() / active.file, encoder.encoder_id()), active.pk)
    except store.Unusable as error:
        logger.warning("classifier version %s cannot be used: %s", active.pk, error)
        model, version, trouble = _shipped()
        return InUse(model, version, f"{error}. {trouble}".strip(". "))


def _shipped() -> tuple[Model, None, str]:
    """The model of the shipped corpus for the encoder at hand, else the one of words alone."""
    model = shipped_model()
    if model.encoder != encoder.HASH_ONLY:
        return model, None, ""
    why = "no sentence encoder" if encoder.encoder_id() == encoder.HASH_ONLY else "no sound model file"
    trouble = f"{why}: questions are classed by their words alone"
    logger.warning(trouble)
    return model, None, trouble


def shipped_model() -> Model:
    """The model of the shipped corpus. Its file comes with the product; damaged or gone, words alone
    serve, and without that file too it is trained anew."""
    for name in dict.fromkeys((encoder.encoder_id(), encoder.HASH_ONLY)):
        try:
            return store.load(shipped_path(name), name)
        except store.Unusable as error:
            logger.warning("shipped classifier: %s", error)
    return engine.train(corpus.shipped())


def shipped_path(encoder_name: str) -> Path:
    """The file of the shipped model for an encoder."""
    return SHIPPED / f"{encoder_name.split('/')[0]}.npz"


def folder() -> Path:
    """Where versions trained here are kept."""
    return Path(settings.DATA_DIR) / "models"


def files() -> tuple[Path, str]:
    """Folder and pattern of the versions' files, for backups."""
    return folder(), "themes-*.npz"


def digest_of(examples: Sequence[corpus.Example], encoder_name: str) -> str:
    """What a model was made of: examples, encoder and engine, as 64 hexadecimal digits."""
    found = hashlib.sha256(f"{engine.VERSION}|{encoder_name}".encode())
    for example in examples:
        found.update(f"{example.theme}\t{example.text}\n".encode())
    return found.hexdigest()
