"""The door that works by itself: the command line, the process tree, and the jobs of the night."""
