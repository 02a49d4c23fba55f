"""Stored findings: listing them, the history of one, accepting one. A look that makes them is in `workflows/drift`."""
