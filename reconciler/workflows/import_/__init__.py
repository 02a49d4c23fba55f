"""Import use case."""
