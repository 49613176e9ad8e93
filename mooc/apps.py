"""The admin site of this project."""

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    """Django's admin with our site class: sign-in through the one login page."""

    default_site = "mooc.accounts.admin_site.AdminSite"
