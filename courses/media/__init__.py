"""Files that lessons show: taken in, kept under the hash of their content, given out."""
