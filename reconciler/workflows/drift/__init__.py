"""The drift check, its incremental form, notifications and foreign endpoints. Drift labels are in `core/drift`."""
