"""Questions as files: read, and brought into the bank."""
