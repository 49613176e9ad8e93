"""Django's SQLite engine, with the writers of one process in a fair queue."""
