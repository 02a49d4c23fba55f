"""The one place where a port meets its adapter. No logic: which, not how."""

from __future__ import annotations
