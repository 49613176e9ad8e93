"""Practical tasks: what a learner does with goods of their own. Hand-in and marking come later and use the same text."""
