"""Which command offers which kinds of output, and where one goes: the table behind `-o KIND[=FILE]`.

In: a command's words, without `reconciler`. Out: names of `views.formats.registry`. Light on purpose: every command imports it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from reconciler.lib.frozen_class import frozen
from reconciler.views.formats.registry import FORMATS

STDOUT: Final = "-"
DEFAULT_KIND: Final = "text"

_CHECKS: Final = frozenset({"validate", "plan", "apply", "drift", "ci plan"})
_LIMITED: Final[Mapping[str, frozenset[str]]] = {
    "csv": frozenset({"onboard"}),
    "sarif": _CHECKS,
    "junit": _CHECKS | {"backend check"},
    "github": _CHECKS,
    "gitlab-codequality": _CHECKS,
    "gitlab-terraform": frozenset({"plan", "show-plan", "ci plan"}),
    "html": _CHECKS | {"show-plan"},
}
"""Kinds that only these commands offer; every command offers the others."""


@frozen
class OutputTarget:
    """`file` is None for stdout."""

    kind: str
    file: Path | None = None


def supported_kinds(command: str) -> tuple[str, ...]:
    return tuple(kind for kind in FORMATS if kind not in _LIMITED or command in _LIMITED[kind])


def commands_with(kind: str) -> frozenset[str] | None:
    """None for a kind that every command offers."""
    return _LIMITED.get(kind)


def requests_json(target: str) -> bool:
    """Whether a word of the command line, not yet parsed, asks for JSON on stdout."""
    return target.strip() in {"json", f"json={STDOUT}"}
