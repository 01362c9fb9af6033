"""The counter's screens."""
