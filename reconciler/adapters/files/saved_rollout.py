"""The order of an apply in waves that has not come to its end: the plan that was approved, and the words it is carried out by.

In: a folder. Out: the place of the plan, and the words. One order stands at a time: the next one replaces it. It does not know
what the words mean, and what became of the shops only the journal and the backend know.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from reconciler.adapters.files.atomic_write import atomic_write, reason_of
from reconciler.core.diagnostics.messages import msg
from reconciler.ports import SetupError
from reconciler.ports.plan_files import SavedRollout

_PLAN: Final = "plan.json"
_WORDS: Final = "order.json"
_VERSION: Final = 2


def plan_file(folder: Path) -> Path:
    """Where the plan of the order goes. Raises SetupError."""
    make_folder(folder)
    return folder / _PLAN


def make_folder(folder: Path) -> None:
    """For its owner only, whatever the umask. Raises SetupError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(
            msg("The folder {folder} cannot be made: {reason}", folder=folder.as_posix(), reason=reason_of(error)),
            hint=msg("Move away what is there, or give the folder above it write permission"),
        ) from None


def save(folder: Path, run: str, pacing: dict[str, Any], reason: str | None = None) -> None:
    """After the plan: an order without words is none. Raises SetupError."""
    try:
        words = {"version": _VERSION, "run": run, "pacing": pacing, "reason": reason}
        atomic_write(folder / _WORDS, json.dumps(words).encode())
    except OSError as error:
        raise _unusable(folder, error) from None


def load(folder: Path) -> SavedRollout | None:
    """Raises SetupError where there is one that cannot be read."""
    file = folder / _WORDS
    try:
        return _order(folder / _PLAN, json.loads(file.read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unusable(file, error) from None


def _order(plan: Path, document: Any) -> SavedRollout:
    if document["version"] != _VERSION:
        raise ValueError("of another version")
    reason = document.get("reason")  # older versions kept none
    return SavedRollout(
        plan=plan,
        run=str(document["run"]),
        pacing=dict(document["pacing"]),
        reason=None if reason is None else str(reason),
    )


def delete(folder: Path) -> None:
    for name in (_WORDS, _PLAN):
        with suppress(FileNotFoundError):
            (folder / name).unlink()


def _unusable(path: Path, error: Exception) -> SetupError:
    reason = getattr(error, "strerror", None) or type(error).__name__
    return SetupError(
        msg("The order of a run in waves at {file} cannot be used: {reason}", file=path.as_posix(), reason=reason),
        hint=msg("Delete the folder {folder}, then plan and apply again", folder=path.parent.as_posix()),
    )
