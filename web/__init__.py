"""Pages and the machine API for people and systems with a browser or a token."""
