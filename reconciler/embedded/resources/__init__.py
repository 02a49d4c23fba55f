"""Behaviour of the backend, one module per resource. HTTP is in `embedded/api`."""
