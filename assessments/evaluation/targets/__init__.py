"""What figures are to reach: as the model ships, or as the county set it, with its history."""
