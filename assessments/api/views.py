"""Quizzes and the synchronisation of phones by API."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, permissions, serializers, status
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from learners.guests import learner_of
from mooc.lib.rest import NOT_FOUND, TOO_LARGE, UNAUTHENTICATED, UNREADABLE

from .. import sync
from ..models import Item, Option, Quiz

MAX_ITEMS = 100
MAX_BYTES = 256 * 1024


class OptionSerializer(serializers.ModelSerializer[Option]):
    """An answer to choose; which is right is told after answering."""

    class Meta:
        model = Option
        fields = ["id", "text_zh", "text_en"]


class ItemSerializer(serializers.ModelSerializer[Item]):
    """An item as asked."""

    options = OptionSerializer(many=True, read_only=True)

    class Meta:
        model = Item
        fields = ["code", "kind", "stem_zh", "stem_en", "options"]


class QuizSerializer(serializers.ModelSerializer[Quiz]):
    """A quiz with all items it may draw."""

    module = serializers.CharField(source="module.slug", read_only=True)
    items = serializers.SerializerMethodField()

    class Meta:
        model = Quiz
        fields = ["id", "module", "length", "pass_percent", "items"]

    @extend_schema(responses=ItemSerializer(many=True))
    def get_items(self, quiz: Quiz) -> list[dict[str, Any]]:
        """Items in use."""
        rows = quiz.module.items.filter(live=True).prefetch_related("options")
        return list(ItemSerializer(rows, many=True).data)


@extend_schema(responses={200: QuizSerializer, 404: NOT_FOUND})
class QuizDetail(generics.RetrieveAPIView[Quiz]):
    """One quiz of a published module, by its module's slug."""

    serializer_class = QuizSerializer
    lookup_field = "module__slug"
    lookup_url_kwarg = "slug"
    queryset = Quiz.objects.filter(module__published__isnull=False).select_related("module")


class SyncItemSerializer(serializers.Serializer[Any]):
    """One thing made offline. ``kind`` is ``record``, ``answer`` or ``question``; see docs/api.md."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(["record", "answer", "question"])


class BatchSerializer(serializers.Serializer[Any]):
    """What a phone made offline, in order."""

    items = SyncItemSerializer(many=True)


class ResultSerializer(serializers.Serializer[Any]):
    """What became of one item."""

    id = serializers.CharField()
    status = serializers.ChoiceField(["stored", "duplicate", "rejected"])
    code = serializers.CharField(allow_blank=True)
    detail = serializers.CharField(allow_blank=True)


class ResultsSerializer(serializers.Serializer[Any]):
    """One result an item, in the order sent."""

    results = ResultSerializer(many=True)


class Sync(APIView):
    """Store a batch made offline; sending it again changes nothing."""

    permission_classes = [permissions.IsAuthenticated]
    parser_classes = [JSONParser]

    @extend_schema(
        request=BatchSerializer,
        responses={200: ResultsSerializer, 400: UNREADABLE, 401: UNAUTHENTICATED, 413: TOO_LARGE},
    )
    def post(self, request: Request) -> Response:
        """Each item by itself: one bad item spoils no other."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES:
            return _problem(status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, "too_large")
        items = request.data.get("items") if isinstance(request.data, dict) else None
        if not isinstance(items, list):
            return _problem(status.HTTP_400_BAD_REQUEST, "unreadable")
        if len(items) > MAX_ITEMS:
            return _problem(status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, "too_large")
        learner = learner_of(request.user)
        return Response({"results": [sync.store_item(learner=learner, item=item) for item in items]})


def _problem(code: int, name: str) -> Response:
    data = {"type": "about:blank", "title": name, "status": code, "code": name, "detail": ""}
    return Response(data, status=code, content_type="application/problem+json")


class NotHere(APIView):
    """Whatever is not in the API."""

    schema = None

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A 404 in the API's own form."""
        raise Http404
