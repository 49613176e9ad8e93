"""Text: cleaned, normal names, two languages, the national list of characters, safe cells."""
