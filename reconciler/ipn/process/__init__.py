"""Decide and act."""
