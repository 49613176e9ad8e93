"""What lessons are written in: blocks, the measure of prose, law named in sources. Pure: no database."""
