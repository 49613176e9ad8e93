"""Shapes of the catalogue in the API: both languages, side by side."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ..blocks import KINDS
from ..models import Block, LessonEdition, Module


class ModuleSerializer(serializers.ModelSerializer[Module]):
    """A published module."""

    title_zh = serializers.CharField(source="published.title_zh", read_only=True)
    title_en = serializers.CharField(source="published.title_en", read_only=True)
    objective_zh = serializers.CharField(source="published.objective_zh", read_only=True)
    objective_en = serializers.CharField(source="published.objective_en", read_only=True)
    edition = serializers.IntegerField(source="published.number", read_only=True)
    licence = serializers.CharField(source="published.licence", read_only=True)
    checked_on = serializers.DateField(source="published.checked_on", read_only=True)
    category = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    audiences = serializers.SlugRelatedField[Any](
        source="tracks", slug_field="code", many=True, read_only=True
    )

    class Meta:
        model = Module
        fields = [
            "code",
            "slug",
            "category",
            "level",
            "audiences",
            "edition",
            "title_zh",
            "title_en",
            "objective_zh",
            "objective_en",
            "licence",
            "checked_on",
        ]


class LessonListSerializer(serializers.ModelSerializer[LessonEdition]):
    """A lesson in a module's list."""

    slug = serializers.CharField(source="lesson.slug", read_only=True)

    class Meta:
        model = LessonEdition
        fields = ["slug", "position", "minutes", "title_zh", "title_en"]


class ModuleDetailSerializer(ModuleSerializer):
    """A module with its lessons in order."""

    lessons = LessonListSerializer(source="published.lessons", many=True, read_only=True)

    class Meta(ModuleSerializer.Meta):
        fields = [*ModuleSerializer.Meta.fields, "lessons"]


class BlockSerializer(serializers.ModelSerializer[Block]):
    """A block of a lesson."""

    media = serializers.SerializerMethodField()
    media_en = serializers.SerializerMethodField()
    facts = serializers.SerializerMethodField()

    class Meta:
        model = Block
        fields = [
            "position",
            "kind",
            "heading_zh",
            "heading_en",
            "body_zh",
            "body_en",
            "media",
            "media_en",
            "facts",
        ]

    def get_media(self, block: Block) -> str:
        """The address of its file, or nothing."""
        return block.media.get_absolute_url() if block.media else ""

    def get_media_en(self, block: Block) -> str:
        """The address of the file for readers of English, where it is another one."""
        return block.media_en.get_absolute_url() if block.media_en else ""

    @extend_schema_field({"type": "object", "additionalProperties": {}})
    def get_facts(self, block: Block) -> dict[str, Any]:
        """What its kind tells besides: the size of a picture, the length of a recording."""
        return KINDS[block.kind].facts(block)


class LessonSerializer(LessonListSerializer):
    """A whole lesson."""

    module = serializers.CharField(source="edition.module.slug", read_only=True)
    blocks = BlockSerializer(many=True, read_only=True)

    class Meta(LessonListSerializer.Meta):
        fields = [
            *LessonListSerializer.Meta.fields,
            "objective_zh",
            "objective_en",
            "module",
            "blocks",
        ]
