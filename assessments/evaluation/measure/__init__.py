"""The evaluation model: which figures there are, and their arithmetic. Pure: no database."""
