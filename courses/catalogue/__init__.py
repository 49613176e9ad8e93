"""What there is to learn, and how somebody finds it: cards, table, tracks, recommending, search."""
