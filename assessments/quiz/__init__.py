"""Sitting a quiz: one question a screen, the first answer stands, the last one gives the result."""
