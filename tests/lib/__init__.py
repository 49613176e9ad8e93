"""Tests of the floor: pages, text, serving, backup."""
