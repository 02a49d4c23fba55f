"""JSON Schema of results."""
