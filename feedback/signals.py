"""Facts of feedback that higher rooms may hear, sent after commit."""

from django.dispatch import Signal

question_asked = Signal()  # fact: data.QuestionAsked
