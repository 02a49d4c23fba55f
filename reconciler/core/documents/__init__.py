"""Versioned JSON of events and plans."""
