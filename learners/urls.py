"""Addresses of learners."""

from django.urls import path

from .views import lessons

urlpatterns = [
    path("lessons/<slug:slug>/", lessons.lesson, name="lesson"),
    path("lessons/<slug:slug>/acts/", lessons.acts, name="lesson_acts"),
    path("lessons/<slug:slug>/done/", lessons.done, name="lesson_done"),
]
