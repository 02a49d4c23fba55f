"""The store, SQLite or PostgreSQL: history and coordination of runs, and the sidecar's inbox and outbox.

It contains neither desired nor observed settings.
"""
