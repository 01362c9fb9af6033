"""Planning: how many counters, when, and what the wait will be; numbers in, numbers out."""
