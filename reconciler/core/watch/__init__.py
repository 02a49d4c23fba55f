"""Watching a fleet: when each shop is checked, and why. Pure: times are seconds since the epoch, given by the caller."""
