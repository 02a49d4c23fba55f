"""The check of a backend as text."""
