"""Acts of learning become records and summaries: honest times, no act twice, nothing lost."""
