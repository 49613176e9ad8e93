"""Addresses of courses."""

from django.urls import path

from . import views

urlpatterns = [
    path("modules/", views.catalogue, name="catalogue"),
    path("modules/<slug:slug>/", views.module, name="module"),
    path("tracks/", views.tracks, name="tracks"),
    path("media/<path:name>", views.media, name="media"),
]
