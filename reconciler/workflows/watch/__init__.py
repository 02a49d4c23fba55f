"""Watching a fleet: triggers → a queue of shops → looks → healing and deferred applies. When and why is in `core/watch`."""
