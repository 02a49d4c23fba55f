"""Tests. What several of them share is imported from here: `tests.generators`, `tests.model_backend`."""
