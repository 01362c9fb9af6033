"""入場: what an enrolled kiosk may do: look at what is public, and create; never list or read others' things."""

from __future__ import annotations

from models.rules.entry import device_only

LOOKS = device_only("kiosk")
"""A screen: nothing of anybody is in it."""
ACTS = device_only("kiosk", signed=True)
"""Every POST of a kiosk: a browser signs it with the key that cannot leave it."""
