"""Shapes on the wire: request and response bodies, problems, ETags, times, token seals. No database, no behaviour."""
