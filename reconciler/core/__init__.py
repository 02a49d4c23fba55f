"""The meaning of the tool, pure: no I/O, clock, randomness, logging, environment or third-party code."""
