"""Fault injection for tests: lost responses, late writes, concurrent edits. Resources know nothing of it."""
