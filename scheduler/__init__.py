"""The door that works by itself: the command line, the process tree, and the jobs of the night.

Nearly all that a process makes while it begins stays to its end: looking for garbage seldom, it begins a fifth faster.
"""

import gc

ALLOCATIONS = 20_000
"""So many new objects are looked through at once."""

gc.set_threshold(ALLOCATIONS, 20, 20)
