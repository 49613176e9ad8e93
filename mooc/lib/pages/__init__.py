"""Pages: cached bodies and their slots, tags of the identity, forms that stand again, addresses."""
