"""Shared by formats."""
