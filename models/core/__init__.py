"""The ground: clock, errors, settings, keys, and the one way to a municipality's database."""
