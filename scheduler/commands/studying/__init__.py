"""The parts of `maeniwa study`, one a module: `EXAMPLES`, `describe(parser)` and `run(args)`."""
