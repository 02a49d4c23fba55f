"""Commands that set up a fleet's folder and check it: settings, keys. They write nothing to a backend."""
