"""JSON for machines: one versioned document per result. English only, the same bytes for the same values, never a secret.

Each document is described once, by a TypedDict beside its builder. `schema` derives the JSON Schema from it.
"""
