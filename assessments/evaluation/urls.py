"""Addresses of supervision."""

from django.urls import path

from .views import dashboard, helping, lists, reports

urlpatterns = [
    path("", dashboard.board, name="supervision"),
    path("courses/", dashboard.courses, name="supervision_courses"),
    path("count/", dashboard.count, name="supervision_count"),
    path("jobs/<int:pk>/cancel/", dashboard.cancel, name="supervision_cancel"),
    path("model/", dashboard.model, name="supervision_model"),
    path("lists/<str:code>/", lists.behind, name="supervision_list"),
    path("help/", helping.needs, name="supervision_help"),
    path("learners/<int:pk>/", helping.learner, name="supervision_learner"),
    path("reports/", reports.archive, name="supervision_reports"),
    path("reports/<int:pk>/", reports.report, name="supervision_report"),
    path("reports/<int:pk>/cancel/", reports.cancel, name="supervision_report_cancel"),
    path("reports/<int:pk>/again/", reports.again, name="supervision_report_again"),
    path("reports/<int:pk>/files/<str:kind>/", reports.file, name="supervision_report_file"),
]
