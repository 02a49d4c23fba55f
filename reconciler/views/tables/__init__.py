"""Tabular results."""
