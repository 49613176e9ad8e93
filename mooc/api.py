"""The API: routing, paging, problem+json."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
