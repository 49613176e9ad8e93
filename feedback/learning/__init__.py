"""The engine learns: retraining, new themes, labels worth a second look."""
