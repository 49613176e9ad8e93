"""Phones that act before anybody has told them who they are, and the database they speak to."""

from __future__ import annotations

import uuid

from django.db import models

from .learner import Learner


class Phone(models.Model):
    """The guest of a phone, by the random name that the phone made for itself.

    The name comes with every act, so two acts before the first answer are one guest's. It is a secret like
    the cookie: only its hash is here.
    """

    name_hash = models.CharField(max_length=64, unique=True, editable=False)
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="phones")
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.name_hash[:8]} {self.learner_id}"


class Former(models.Model):
    """A guest who went into somebody: what still waits on a phone under the guest's name is theirs.

    One row for each phone of the guest, so that an act made before may come without signing in; it never
    opens a page.
    """

    name = models.CharField(max_length=13)
    phone_hash = models.CharField(max_length=64, blank=True)
    into = models.ForeignKey(Learner, models.CASCADE, related_name="formers")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "phone_hash"], name="former_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.into_id}"


class DatabaseState(models.Model):
    """One row: which database this is, and how many receipts it has given.

    A restore makes the identity anew, so that phones notice and send again what the archive may lack.
    """

    identity = models.UUIDField(default=uuid.uuid4)
    receipts = models.PositiveBigIntegerField(default=0)
    backed_up = models.PositiveBigIntegerField(default=0)  # receipts that the last backup holds

    def __str__(self) -> str:
        return f"{self.identity} {self.receipts}"
