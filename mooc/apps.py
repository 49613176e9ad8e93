"""The admin site of this project."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    """Django's admin with our site class: sign-in through the one login page."""

    default_site = "mooc.accounts.staff.admin_site.AdminSite"

    def ready(self) -> None:
        """Once all models are there, their fields get names that can be translated."""
        from .celery import is_worker
        from .lib.text import field_names

        if not is_worker:
            super().ready()
        field_names.translate()
