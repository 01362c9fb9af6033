"""The hub: streams of an office's line to boards and counters, in a process of its own (docs/adr/0011)."""
