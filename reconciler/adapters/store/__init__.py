"""The local store: history and coordination of runs, never the truth about the world."""
