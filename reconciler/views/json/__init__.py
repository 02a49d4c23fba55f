"""JSON for machines: versioned documents, one a result. English only, the same bytes for the same values, never a secret.

The shapes are stated in `reconciler.views.schemas.results` and `run_schemas`; tests hold every document against them.
"""
