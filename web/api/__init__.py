"""The machine side: HTTP contract, version 1."""
