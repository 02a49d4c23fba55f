"""All checks: importing this module registers each of them."""

from __future__ import annotations

from reconciler.conformance.checks import (
    access,
    bulk,
    cascade,
    credentials,
    errors,
    fences,
    locks,
    orders,
    pages,
    reading,
    seller,
    trail,
    versions,
    writes,
)
from reconciler.conformance.registry import check_of, checked_ids

__all__ = ["check_of", "checked_ids"]

MODULES = (
    access,
    bulk,
    cascade,
    credentials,
    errors,
    fences,
    locks,
    orders,
    pages,
    reading,
    seller,
    trail,
    versions,
    writes,
)
"""Each with the checks of a few groups."""
