"""How questions do: which are missed, and which tell who knows the rest."""
