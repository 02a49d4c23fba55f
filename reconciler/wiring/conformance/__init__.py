"""The check of a backend: whose credentials it uses, and where they may be sent."""
