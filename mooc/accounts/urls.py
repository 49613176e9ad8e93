"""Addresses of accounts. allauth serves the second step and changing a password only."""

from allauth.account import views as allauth
from django.urls import include, path

from .sign_in import views

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("code/send/", views.send_code, name="account_send_code"),
    path("code/", views.code, name="account_code"),
    path("quiet/", views.silent, name="account_quiet"),
    path("new/", views.new, name="account_new"),
    path("join/", views.join, name="account_signup"),
    path("switch/", views.switch, name="account_switch"),
    path("logout/", views.sign_out, name="account_logout"),
    path("password/change/", allauth.password_change, name="account_change_password"),
    path("password/set/", allauth.password_set, name="account_set_password"),
    path("reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("2fa/", include("allauth.mfa.urls")),
]
