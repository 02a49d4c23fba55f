"""HTTP in, inbox, 200."""
