"""Pages of a quiz."""
