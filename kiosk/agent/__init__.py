"""端末の係: the program on a terminal that prints slips, for the terminal's own page and for nobody else."""
