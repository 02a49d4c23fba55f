"""Versioned JSON of events, plans and saved plans: written forms that later versions must read. No file access."""
