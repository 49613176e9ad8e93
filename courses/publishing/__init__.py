"""From a draft to what learners read: what would change, addresses, publishing, withdrawing."""
