"""The address of a media file."""

from __future__ import annotations

from django.views.decorators.http import require_safe

from mooc.lib.pages.request import Request

from . import services, serving


@require_safe
def media(request: Request, name: str) -> serving.Answer:
    """A media file, named by its content, in parts when asked."""
    return serving.serve(request, name, called=services.name_of)
