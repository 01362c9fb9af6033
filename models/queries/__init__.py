"""Reads only, shaped for a page or a decision."""
