"""Addresses of feedback."""

from django.urls import path

from .views import pages

urlpatterns = [
    path("questions/", pages.questions, name="questions"),
    path("questions/ask/", pages.ask, name="ask"),
    path("questions/<int:pk>/", pages.question, name="question"),
    path("feedback/report/", pages.report, {"subject": "report"}, name="report"),
    path("feedback/wish/", pages.report, {"subject": "wish"}, name="wish"),
    path("feedback/complaint/", pages.report, {"subject": "complaint"}, name="complaint"),
]
