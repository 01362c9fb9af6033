"""What the house costs, measured beside its own lower bounds; printed as one table, never asserted."""
