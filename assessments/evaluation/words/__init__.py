"""Figures in words, one way for screen, paper and files."""
