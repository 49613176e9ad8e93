"""Quizzes by API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers

from mooc.lib.rest import NOT_FOUND

from ..kinds import KINDS
from ..models import Item, Option, Quiz


class OptionSerializer(serializers.ModelSerializer[Option]):
    """An answer to choose; which is right is told after answering."""

    class Meta:
        model = Option
        fields = ["id", "text_zh", "text_en"]


class ItemSerializer(serializers.ModelSerializer[Item]):
    """An item as asked."""

    options = serializers.SerializerMethodField()

    class Meta:
        model = Item
        fields = ["code", "kind", "edition", "stem_zh", "stem_en", "options"]

    @extend_schema_field(OptionSerializer(many=True))
    def get_options(self, item: Item) -> list[dict[str, Any]]:
        """Its lines in an order that tells nothing; a try arranges them by its own id."""
        rows = {row.pk: row for row in item.options.all()}
        ids = KINDS[item.kind].arrange(list(rows), item.code)
        return list(OptionSerializer([rows[pk] for pk in ids], many=True).data)


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
