"""State files beside the store."""
