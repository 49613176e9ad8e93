"""Reports on paper and in tables, made by a job and kept in the archive."""
