"""Tests. What several of them share is imported from here: `tests.support.strategies`, `tests.support.fake_backend`."""
