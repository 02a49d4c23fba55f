"""Connects the language server with the fleets whose files an editor opens."""
