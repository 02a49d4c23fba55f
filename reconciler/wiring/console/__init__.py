"""The console's sources, from the settings: a session that cannot write, over stores that are opened read-only."""
