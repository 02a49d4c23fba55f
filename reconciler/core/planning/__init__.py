"""Desired + observed -> plan."""
