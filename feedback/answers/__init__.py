"""Answers to what is asked often: merged from questions, published by theme, found by search."""
