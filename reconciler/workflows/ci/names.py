"""The names by which the tool finds what it wrote at a forge: one record and one comment for each environment."""

from __future__ import annotations

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
