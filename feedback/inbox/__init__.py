"""Telling learners what became of what they asked: the inbox, and other ways they chose."""
