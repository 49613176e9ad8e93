"""Figures of evaluation by API, as the board shows them."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import permissions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mooc.accounts.rights import Right
from mooc.lib.rest import NOT_FOUND, UNAUTHENTICATED

from ..access import scope_for
from ..data import Light, ScopeKind, Unit
from ..selectors import judged, newest


class FigureSerializer(serializers.Serializer[Any]):
    """One indicator. A share has its 95 % Wilson interval, a difference one from a bootstrap by person; a median
    gives n as denominator; a hidden one has too few people behind it to be shown."""

    code = serializers.CharField()
    unit = serializers.ChoiceField(Unit.choices)
    value = serializers.FloatField(allow_null=True)
    numerator = serializers.IntegerField(allow_null=True)
    denominator = serializers.IntegerField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    hidden = serializers.BooleanField()
    target = serializers.FloatField(allow_null=True, help_text="what it is to reach, as of today")
    light = serializers.ChoiceField([choice for choice in Light.choices if choice[0]], allow_blank=True)


class SnapshotSerializer(serializers.Serializer[Any]):
    """All figures of a scope at a moment."""

    scope = serializers.CharField()
    as_of = serializers.DateTimeField()
    model = serializers.CharField()
    indicators = FigureSerializer(many=True)


class Evaluation(APIView):
    """The newest stored snapshot of a place, class, course or module. Supervisors see their own region
    and all below, operators everything; anything else is not there."""

    permission_classes = [permissions.IsAuthenticated]

    @extend_schema(
        parameters=[
            OpenApiParameter("kind", enum=ScopeKind.values, description="region when left out"),
            OpenApiParameter(
                "key", description="code of the place or class, slug; your own place when left out"
            ),
            OpenApiParameter("region", description="for a course or module: only people of this place"),
        ],
        responses={200: SnapshotSerializer, 401: UNAUTHENTICATED, 404: NOT_FOUND},
    )
    def get(self, request: Request) -> Response:
        """The figures, to the digit as on the board, in the exports and by ``evaluate --json``; judged as there."""
        user: Any = request.user
        if not user.may(Right.SEE_FIGURES):
            raise Http404
        kind, key, place = (request.query_params.get(name, "") for name in ("kind", "key", "region"))
        scope, _region = scope_for(user, kind or ScopeKind.REGION, key, place)
        found, _before = newest(scope)
        if found is None:
            raise Http404
        return Response(judged(found))
