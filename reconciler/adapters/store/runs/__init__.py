"""Runs: journal, history, leases, last applied values, unfinished shops. What events mean is in `core/runs`."""
