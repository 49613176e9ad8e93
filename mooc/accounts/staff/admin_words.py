"""Words of Django's admin that we say otherwise: our catalogue goes before Django's, and the messages are
collected from here. English stays as it is."""

from django.utils.translation import gettext_noop

WORDS = (
    gettext_noop("Select %s to change"),
    gettext_noop("Select %s to view"),
    gettext_noop("Add %s"),
    gettext_noop("Change %s"),
    gettext_noop("Add %(name)s"),
    gettext_noop("Add another %(verbose_name)s"),
    gettext_noop("Filter"),
    gettext_noop(" By %(filter_title)s "),
    gettext_noop("Log out"),
    gettext_noop("View site"),
    gettext_noop("Save and add another"),
    gettext_noop("draft"),
)
