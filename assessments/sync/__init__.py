"""What waited on a phone: item by item stored, known already, or refused with true words."""

from .batch import store_item
from .kinds import KINDS

__all__ = ["KINDS", "store_item"]
