"""What every form of the staff's desk does: nothing that was typed is lost, and nobody undoes another's text."""
