"""Everything that can be wrong."""
