"""What goes to a mobile number, and the gateway that carries it."""
