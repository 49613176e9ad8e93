"""Sound: played where it stands, once somebody taps."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .recording import Recording


class Audio(Recording):
    """``!audio[title](file.mp3 1:15)``."""

    code, name = "audio", _("audio")
    mark = "!audio["
    files = {"mp3": "audio/mpeg", "m4a": "audio/mp4"}


AUDIO = Audio()
