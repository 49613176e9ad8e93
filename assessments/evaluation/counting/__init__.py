"""Counting in SQL: what a scope reaches, and how many of each."""
