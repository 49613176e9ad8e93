"""Own progress by API."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, permissions, serializers

from mooc.lib.rest import UNAUTHENTICATED

from ..models import Enrolment
from ..people.guests import learner_of


class ProgressSerializer(serializers.ModelSerializer[Enrolment]):
    """How far somebody is in a module. ``seconds`` is honest visible time; scores are 0–1."""

    module = serializers.CharField(source="module.slug", read_only=True)

    class Meta:
        model = Enrolment
        fields = [
            "module",
            "enrolled_at",
            "lessons_done",
            "seconds",
            "first_score",
            "best_score",
            "quiz_tries",
            "quiz_passed_at",
            "completed_at",
            "last_at",
        ]


@extend_schema(responses={200: ProgressSerializer(many=True), 401: UNAUTHENTICATED})
class Progress(generics.ListAPIView[Enrolment]):
    """The signed-in learner's modules."""

    serializer_class = ProgressSerializer
    permission_classes = [permissions.IsAuthenticated]

    def get_queryset(self) -> QuerySet[Enrolment]:
        """Own rows only."""
        if getattr(self, "swagger_fake_view", False):
            return Enrolment.objects.none()
        learner = learner_of(self.request.user)
        return Enrolment.objects.filter(learner=learner).select_related("module").order_by("-last_at", "pk")
