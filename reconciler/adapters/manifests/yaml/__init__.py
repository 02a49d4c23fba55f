"""Bytes -> values with positions."""
