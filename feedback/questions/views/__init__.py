"""Pages of questions: asking, reading, faces, reports."""
