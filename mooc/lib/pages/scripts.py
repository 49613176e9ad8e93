"""Our scripts as they are sent: without the lines that only explain them. A phone pays for every one."""

from __future__ import annotations

import re
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

_COMMENT = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)


def lean(text: str) -> str:
    """A script without the lines that are nothing but a comment."""
    return _COMMENT.sub("", text)


class LeanStaticFiles(CompressedManifestStaticFilesStorage):
    """Static files named by their content and compressed, our own scripts lean. Others' files stay as they came."""

    def _save(self, name: str, content: Any) -> str:
        if name.startswith("js/"):
            text = b"".join(content.chunks()).decode()  # from its beginning: its sum was taken before
            content = ContentFile(lean(text).encode())
        return str(super()._save(name, content))
