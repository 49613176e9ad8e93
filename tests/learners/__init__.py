"""Tests of who learns and what happened."""
