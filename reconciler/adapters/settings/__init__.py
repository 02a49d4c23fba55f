"""Reconciler.yaml."""
