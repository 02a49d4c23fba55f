"""Engine: run an approved plan."""
