"""What metrics need beside findings and alerts: totals, and when each shop was compared. Definitions are in `core/findings`."""
