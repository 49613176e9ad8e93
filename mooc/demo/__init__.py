"""Demonstration and scale data: uses every room, no room uses it."""
