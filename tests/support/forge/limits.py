"""What the forges refuse, as data. Each has a test in `tests/adapters/forges/test_limits.py`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeLimits:
    comment_characters: int
    record_characters: int = 65_535
    """GitHub: of a check run's summary."""
    annotations: int = 50
    """GitHub: of one request."""
    description_characters: int = 255
    """GitLab: of a status."""
    title_characters: int = 255
    """Of an issue."""
    page: int = 100
    """Entries, whatever is asked for."""


GITHUB = ForgeLimits(comment_characters=65_536, title_characters=256)
GITLAB = ForgeLimits(comment_characters=1_000_000)
STEP_SUMMARY_BYTES = 1024 * 1024
"""GitHub: of a step; beyond it the summary is lost."""
DOTENV_BYTES = 5 * 1024
"""GitLab: of a dotenv report."""
