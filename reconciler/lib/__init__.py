"""Helpers that know nothing of shops, plans or notifications; they may import nothing of this project."""
