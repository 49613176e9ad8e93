"""The notebook of wrong answers: what went wrong once comes back until it sits."""
