"""The bank of questions: how each is asked now, and how it read before."""
