"""Commands that make, show and apply plans. What a plan contains is decided in `core/planning`."""
