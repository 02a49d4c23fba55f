"""Shops on their way in or out, step by step, as text."""
