"""Facts of courses that other rooms may hear, sent after commit."""

from django.dispatch import Signal

module_published = Signal()  # fact: data.ModulePublished
module_asks_changed = Signal()  # fact: data.ModuleAsksChanged
