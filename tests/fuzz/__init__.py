"""What is read from strangers, fed with anything: `make fuzz` (needs atheris)."""
