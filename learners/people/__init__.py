"""Who learns: guests and accounts, two that are one, numbers and passwords, who was erased."""
