"""The terminal of the hall: one full screen that takes numbers, checks in and shows the line."""
