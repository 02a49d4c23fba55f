"""Connects fleet runs with the settings: their tables, the limits that workers share, the session of one commit."""
