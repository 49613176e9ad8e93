"""Tests of figures, board, reports, help."""
