"""Film: played where it stands, once somebody taps."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .recording import Recording


class Video(Recording):
    """``!video[title](file.mp4 2:40)``."""

    code, name = "video", _("video")
    mark = "!video["
    to_look_at = True
    files = {"mp4": "video/mp4", "webm": "video/webm"}


VIDEO = Video()
