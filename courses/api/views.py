"""The catalogue by API: what is published, for everybody."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics

from mooc.lib.rest import NOT_FOUND

from ..models import LessonEdition, Module
from .serializers import LessonSerializer, ModuleDetailSerializer, ModuleSerializer


def _filter(name: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, description=f"only modules of this {name}")


@extend_schema(
    parameters=[_filter("level"), _filter("category"), _filter("audience")],
    responses={200: ModuleSerializer(many=True), 404: NOT_FOUND},
)
class ModuleList(generics.ListAPIView[Module]):
    """Published modules, a page at a time."""

    serializer_class = ModuleSerializer

    def get_queryset(self) -> QuerySet[Module]:
        """Narrowed by level, category and audience."""
        rows = Module.objects.published().select_related("published", "category").prefetch_related("tracks")
        params = self.request.query_params
        for name, path in (
            ("level", "level"),
            ("category", "category__code"),
            ("audience", "tracks__code"),
        ):
            if value := params.get(name, "").replace("\x00", ""):
                rows = rows.filter(**{path: value[:20]})
        return rows.order_by("level", "code")


@extend_schema(responses={200: ModuleDetailSerializer, 404: NOT_FOUND})
class ModuleDetail(generics.RetrieveAPIView[Module]):
    """One module with its lessons."""

    serializer_class = ModuleDetailSerializer
    lookup_field = "slug"
    queryset = (
        Module.objects.published()
        .select_related("published", "category")
        .prefetch_related("tracks", "published__lessons__lesson")
    )


@extend_schema(responses={200: LessonSerializer, 404: NOT_FOUND})
class LessonDetail(generics.RetrieveAPIView[LessonEdition]):
    """One lesson with its blocks."""

    serializer_class = LessonSerializer
    lookup_field = "lesson__slug"
    lookup_url_kwarg = "slug"
    queryset = (
        LessonEdition.objects.filter(edition__published_of__isnull=False)
        .select_related("lesson", "edition__module")
        .prefetch_related("blocks__media", "blocks__media_en")
    )
