"""Looks, findings and their events in the store. Which events there are is decided in `core/findings`."""
