"""Signing in: codes, passwords, numbers that went silent, how often somebody may try."""
