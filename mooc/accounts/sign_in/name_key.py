"""The column by which a sign-in name is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from mooc.lib.text import names

if TYPE_CHECKING:
    _Text = models.CharField[str, str]  # it takes its types there only
else:
    _Text = models.CharField


class NameKeyField(_Text):
    """The form in which a sign-in name is compared: made anew from ``username`` at every write.

    Of accounts that were alike before this column was made, the later ones keep a number behind their key
    (``key 2``; a key itself has no space), so that each still signs in with its own password.
    """

    source = "username"

    def deconstruct(self) -> Any:
        """For the database it is plain text."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """The key of the name that is written."""
        kept = getattr(model_instance, self.attname)
        wanted = names.key(getattr(model_instance, self.source))[: names.MOST]
        if kept.partition(" ")[0] != wanted:
            setattr(model_instance, self.attname, wanted)
        return str(getattr(model_instance, self.attname))
