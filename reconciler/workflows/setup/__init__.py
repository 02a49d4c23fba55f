"""Use cases that set up a fleet's folder and check it: init, config, keys, doctor. They write nothing to a backend."""
