"""What happened in a run: events, report, summary, step history, last applied values, recovery.

Stored by `adapters/store/runs`.
"""
