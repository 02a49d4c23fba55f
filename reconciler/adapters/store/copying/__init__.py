"""Copies a whole store into an empty one, of either kind. It finds the tables in the store and knows nothing of their meaning."""
