"""The trainers' forms of this app."""
