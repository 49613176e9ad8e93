"""The supervisor's board, and the list behind each figure."""
