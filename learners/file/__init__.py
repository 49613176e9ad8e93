"""The tracking file of one person: page, JSON, CSV and an A4 sheet."""
