"""Facts of learning that other rooms may hear, sent after commit."""

from django.dispatch import Signal

record_stored = Signal()  # fact: data.RecordStored
learners_merged = Signal()  # fact: data.LearnersMerged
