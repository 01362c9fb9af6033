"""Residents' pages, walked through as a phone without scripts does."""
