"""The API: addresses and its description."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from assessments.api import evaluations
from assessments.api import views as assessments
from courses.api import views as courses
from learners.api import views as learners

urlpatterns = [
    path("v1/modules/", courses.ModuleList.as_view(), name="api_modules"),
    path("v1/modules/<slug:slug>/", courses.ModuleDetail.as_view(), name="api_module"),
    path("v1/lessons/<slug:slug>/", courses.LessonDetail.as_view(), name="api_lesson"),
    path("v1/quizzes/<slug:slug>/", assessments.QuizDetail.as_view(), name="api_quiz"),
    path("v1/evaluations/", evaluations.Evaluation.as_view(), name="api_evaluation"),
    path("v1/me/progress/", learners.Progress.as_view(), name="api_progress"),
    path("v1/sync/", assessments.Sync.as_view(), name="api_sync"),
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api_schema"), name="api_docs"),
    re_path(r"^.*$", assessments.NotHere.as_view()),
]
