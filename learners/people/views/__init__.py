"""Pages of people: a guest’s progress, numbers, one’s own data."""
