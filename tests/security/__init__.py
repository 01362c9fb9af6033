"""Abuse of every door: cases of the security plan, generated from the address map so that a new route is covered."""
