from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "mooc.accounts"
    label = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from . import handlers, registration

        registration.register()
        handlers.note_sign_ins()
