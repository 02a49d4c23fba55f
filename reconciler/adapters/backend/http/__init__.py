"""Transport, retries, tokens."""
