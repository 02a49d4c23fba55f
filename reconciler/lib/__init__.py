"""Helpers that know nothing of shops, plans or notifications. They import nothing else of this project."""
