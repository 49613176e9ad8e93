"""An app for its two commands, ``demo`` and ``scale_data``; it holds no tables."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "mooc.demo"
