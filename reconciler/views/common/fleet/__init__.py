"""The results of a fleet in few rows: equal things once, what is alone by name."""
