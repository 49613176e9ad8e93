"""Who may need help, why, and what was done about it."""
