"""Addresses of supervision."""

from django.urls import path
from django.views.generic import RedirectView

from .board import list_views as lists
from .board import views as dashboard
from .help import views as helping
from .reports import views as reports
from .targets import views as targets

app_name = "supervision"

urlpatterns = [
    path("", dashboard.board, name="board"),
    path("courses/", dashboard.courses, name="courses"),
    path("count/", dashboard.count, name="count"),
    path("jobs/<int:pk>/cancel/", dashboard.cancel, name="cancel"),
    path("model/", RedirectView.as_view(pattern_name="evaluation:model", permanent=True), name="model"),
    path("targets/", targets.targets, name="targets"),
    path("lists/<str:code>/", lists.behind, name="list"),
    path("help/", helping.needs, name="help"),
    path("learners/<int:pk>/", helping.learner, name="learner"),
    path("reports/", reports.reports, name="reports"),
    path("reports/<int:pk>/", reports.report, name="report"),
    path("reports/<int:pk>/cancel/", reports.cancel, name="report_cancel"),
    path("reports/<int:pk>/again/", reports.again, name="report_again"),
    path("reports/<int:pk>/recount/", reports.recount, name="report_recount"),
    path("reports/<int:pk>/sign/", reports.sign, name="report_sign"),
    path("reports/<int:pk>/files/<str:kind>/", reports.file, name="report_file"),
]
