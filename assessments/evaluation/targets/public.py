"""The evaluation model, open to everybody: a page, and the same for programs."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework import permissions
from rest_framework.request import Request as ApiRequest
from rest_framework.response import Response
from rest_framework.views import APIView

from mooc.lib.pages.request import Request
from mooc.lib.pages.slots import cached_page

from ..help import points as help_points
from ..measure.catalogue import MODEL
from ..measure.tally import FEWEST_PEOPLE
from . import explaining, selectors


@require_safe
@cached_page()
def model(request: Request) -> HttpResponse:
    """Every figure in plain words: what it says, what it does not, its formula, its target and who set that."""
    today = timezone.localdate()
    context: dict[str, Any] = {
        "lines": explaining.explained(today),
        "model": MODEL,
        "versions": explaining.versions(),
        "lights": explaining.lights(),
        "example": explaining.example(),
        "history": explaining.told(selectors.history()),
        "fewest": FEWEST_PEOPLE,
        "help": help_points,
        "nav": "model",
    }
    return render(request, "supervision/model.html", context)


class Model(APIView):
    """The evaluation model: every indicator with its words, formula and target, and all targets that were set, by
    office and without names. Open to everybody."""

    permission_classes = [permissions.AllowAny]

    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    def get(self, request: ApiRequest) -> Response:
        """As the page ``/model/`` says it today."""
        return Response(explaining.as_json(timezone.localdate()))
