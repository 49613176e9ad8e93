from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "mooc.jobs"
    label = "jobs"
    verbose_name = _("Background work")

    def ready(self) -> None:
        from . import registration

        registration.register()
