"""Floor 0: the meaning of the tool, pure. No I/O, clock, randomness, logging, environment or third party."""
