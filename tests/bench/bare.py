"""A bare Django view: no middleware, 2 KB of HTML. The yardstick."""

import os

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path

BODY = ("<!doctype html><title>bare</title>" + "<p>bare view</p>" * 130)[:2048].encode()


def view(request: HttpRequest) -> HttpResponse:
    """Answer at once."""
    return HttpResponse(BODY, headers={"Content-Length": str(len(BODY))})


urlpatterns = [path("", view)]
os.environ.pop("DJANGO_SETTINGS_MODULE", None)
settings.configure(
    SECRET_KEY="bench",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    MIDDLEWARE=[],
    INSTALLED_APPS=[],
    USE_TZ=True,
)
django.setup()
application = WSGIHandler()
