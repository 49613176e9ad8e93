"""Tests of how learning is judged."""
