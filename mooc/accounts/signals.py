"""Facts of accounts that other rooms may hear, sent after commit."""

from django.dispatch import Signal

places_changed = Signal()  # fact: data.PlacesChanged
