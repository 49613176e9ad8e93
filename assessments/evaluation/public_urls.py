"""Addresses of evaluation that are open to everybody."""

from django.urls import path

from .targets import public

app_name = "evaluation"

urlpatterns = [path("model/", public.model, name="model")]
