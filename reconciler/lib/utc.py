"""Moments as text that sorts and that every program reads: UTC, to the second."""

from __future__ import annotations

from datetime import UTC, datetime


def format_utc(moment: datetime) -> str:
    """`2026-11-28T06:24:00Z`. `moment` is aware."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
