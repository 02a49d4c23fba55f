"""JSON for machines: one versioned document per result. English only, the same bytes for the same values, never a secret.

The shapes are stated in `views/schemas`; tests check every document against them.
"""
