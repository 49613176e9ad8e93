"""Closing a month: its figures frozen, what changed since told by its cause, papers signed from place to place."""
