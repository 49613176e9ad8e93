"""What training achieved: figures, the board, reports, who needs help. Reads every room below; none reads it."""
