"""All addresses. URLs do not carry the language."""

from django.contrib import admin
from django.urls import include, path

from . import api, views

handler400 = "mooc.site.views.bad_request"
handler403 = "mooc.site.views.page_not_found"
handler404 = "mooc.site.views.page_not_found"
handler500 = "mooc.site.views.server_error"

urlpatterns = [
    path("", views.home, name="home"),
    path("prefs/", views.preferences, name="preferences"),
    path("offline/", views.offline, name="offline"),
    path("privacy/", views.privacy, name="privacy"),
    path("help/", views.help_page, name="help"),
    path("healthz", views.healthz, name="healthz"),
    path("healthz/", views.healthz),
    path("readyz", views.readyz, name="readyz"),
    path("readyz/", views.readyz),
    path("metrics", views.numbers, name="metrics"),
    path("metrics/", views.numbers),
    path("sw.js", views.service_worker, name="service_worker"),
    path("", include("courses.urls")),
    path("", include("learners.urls")),
    path("", include("feedback.urls")),
    path("", include("assessments.urls")),
    path("", include("assessments.evaluation.public_urls")),
    path("supervision/", include("assessments.evaluation.urls")),
    path("accounts/", include("mooc.accounts.urls")),
    path("admin/", admin.site.urls),
    path("api/", include(api.urlpatterns)),
]
