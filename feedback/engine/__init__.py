"""The question engine: the classifier, the model in use, and which answered questions are alike."""
