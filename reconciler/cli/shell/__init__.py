"""Click, terminal, signals, options."""
