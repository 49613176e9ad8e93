"""What is personal, what is evidence, what may go, and how a person is erased."""
