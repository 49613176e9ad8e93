"""Where places stand: moved, recoded, merged, read from a file."""
