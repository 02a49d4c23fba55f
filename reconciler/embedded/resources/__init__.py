"""Behaviour, one module a resource."""
