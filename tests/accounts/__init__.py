"""Tests of people who sign in, places, rights."""
