"""Tests of work somebody waits for."""
