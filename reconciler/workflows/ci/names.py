"""The names by which the tool finds what it wrote at a forge: one record and one comment for each environment, one issue for each
owner.
"""

from __future__ import annotations

import hashlib
from typing import Final

from reconciler.workflows.session import Target


def plan_record_name(target: Target) -> str:
    """Of the check run or commit status that holds a plan. Branch protection requires it by this name."""
    return f"reconciler / plan ({target.environment})"


def comment_marker(target: Target) -> str:
    """Invisible in the comment."""
    return f"<!-- reconciler:plan:{target.environment} -->"


def apply_record_name(target: Target) -> str:
    """On the commit of the branch: what became of it. For people; nothing is decided by it."""
    return f"reconciler / apply ({target.environment})"


def apply_marker(target: Target) -> str:
    """Of the comment that says what became of a merged pull request."""
    return f"<!-- reconciler:apply:{target.environment} -->"


ISSUE_LABEL: Final = "reconciler-drift"
SETTLED_LINE: Final = "<!-- reconciler:settled -->"
"""Second line of an issue that was closed because all findings are settled."""
_DIGITS: Final = 16


def issue_markers(target: Target) -> str:
    """The beginning of the markers of all issues of this fleet: several fleets may share a repository."""
    return f"<!-- reconciler:findings:{target.environment}:{_digest(target.fleet_name)}:"


def issue_marker(target: Target, owners: tuple[str, ...]) -> str:
    """The first line of an issue. A digest, since the name of an owner may hold any character."""
    return f"{issue_markers(target)}{_digest(chr(10).join(owners))} -->"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
