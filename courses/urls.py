"""Addresses of courses."""

from django.urls import path

from .catalogue import views
from .media import views as media_views

app_name = "courses"

urlpatterns = [
    path("modules/", views.catalogue, name="catalogue"),
    path("modules/<slug:slug>/", views.module, name="module"),
    path("tracks/", views.tracks, name="tracks"),
    path("search/", views.search, name="search"),
    path("search/open/<str:signed>/<slug:slug>/", views.search_open, name="search_open"),
    path("media/<path:name>", media_views.media, name="media"),
]
