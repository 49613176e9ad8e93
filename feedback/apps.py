from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class FeedbackConfig(AppConfig):
    name = "feedback"
    verbose_name = _("Feedback")

    def ready(self) -> None:
        from . import handlers, registration  # noqa: F401  # receivers connect themselves
        from .engine.classifier import keep_table_in

        keep_table_in[:] = [Path(settings.DATA_DIR) / "models"]
        registration.register()
