"""The project. The Celery app is made with it, so that shared tasks know their broker."""

from .celery import app as celery_app

__all__ = ["celery_app"]
