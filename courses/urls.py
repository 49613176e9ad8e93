"""Addresses of courses."""

from django.urls import path

from .catalogue import views

app_name = "courses"

urlpatterns = [
    path("modules/", views.catalogue, name="catalogue"),
    path("modules/<slug:slug>/", views.module, name="module"),
    path("tracks/", views.tracks, name="tracks"),
    path("search/", views.search, name="search"),
    path("search/open/<str:signed>/<slug:slug>/", views.search_open, name="search_open"),
    path("media/<path:name>", views.media, name="media"),
]
