"""Alerts: messages to people about events of findings; by which rule, and when several become one.

Pure: events of findings in, alerts out. Sending them is behind `ports/alerts`; their texts are in `views/alerts`.
"""
