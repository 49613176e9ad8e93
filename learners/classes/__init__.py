"""Classes: opening, joining, and what a class has learnt."""
