"""The outbox of alerts in the store. Which alerts there are, and when they are tried again, is decided in `core/alerts`."""
