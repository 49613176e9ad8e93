"""The API: addresses and its description."""

from typing import Any

from django.http import Http404
from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assessments.evaluation.api import views as evaluation
from assessments.evaluation.targets import public as evaluation_model
from assessments.quiz import api as quizzes
from assessments.sync import api as sync
from courses.api import views as courses
from learners.api import views as learners


class NotHere(APIView):
    """Whatever is not in the API."""

    schema = None

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A 404 in the API's own form."""
        raise Http404


urlpatterns = [
    path("v1/modules/", courses.ModuleList.as_view(), name="api_modules"),
    path("v1/modules/<slug:slug>/", courses.ModuleDetail.as_view(), name="api_module"),
    path("v1/lessons/<slug:slug>/", courses.LessonDetail.as_view(), name="api_lesson"),
    path("v1/quizzes/<slug:slug>/", quizzes.QuizDetail.as_view(), name="api_quiz"),
    path("v1/evaluations/", evaluation.Evaluation.as_view(), name="api_evaluation"),
    path("v1/model/", evaluation_model.Model.as_view(), name="api_model"),
    path("v1/me/progress/", learners.Progress.as_view(), name="api_progress"),
    path("v1/sync/", sync.Sync.as_view(), name="api_sync"),
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api_schema"), name="api_docs"),
    re_path(r"^.*$", NotHere.as_view()),
]
