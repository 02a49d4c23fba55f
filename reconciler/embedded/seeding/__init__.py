"""New worlds."""
