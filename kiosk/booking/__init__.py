"""Booking a time at a kiosk."""
