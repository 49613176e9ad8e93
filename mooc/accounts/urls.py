"""Addresses of accounts that are ours; the rest comes from allauth."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
