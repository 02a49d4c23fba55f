"""Use cases, one per module: gather, decide, act.

They know ports and the core, and no adapter, view, terminal or settings.
"""
