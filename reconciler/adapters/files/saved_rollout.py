"""The unfinished rollout: the approved plan, and its options.

In: a folder. Out: the path of the plan, and the options. There is one rollout at a time: the next one replaces it. It does not
know what the options mean; only the journal and the backend know the state of the shops. A keyed seal covers the options and
the plan's bytes: an edit of either is refused. A file of version 2 has no seal and is read without one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from reconciler.adapters.files.atomic_write import atomic_write
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.system_errors import system_reason
from reconciler.core.model.canonical import DigestKey, dumps
from reconciler.ports import SetupError
from reconciler.ports.files.plan_files import SavedRollout

_PLAN: Final = "plan.json"
_WORDS: Final = "order.json"
_VERSION: Final = 3
_UNSEALED: Final = 2


def plan_file(folder: Path) -> Path:
    """Where the plan of the order goes. Raises SetupError."""
    make_folder(folder)
    return folder / _PLAN


def make_folder(folder: Path) -> None:
    """For its owner only, with any umask. Raises SetupError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(
            msg("Folder {folder} cannot be created: {reason}", folder=folder.as_posix(), reason=system_reason(error)),
            hint=msg("Move what is there, or give the parent folder write permission"),
        ) from None


def save(folder: Path, key: DigestKey, run: str, pacing: dict[str, Any], reason: str | None = None) -> None:
    """After the plan: an order without words is none. Raises SetupError."""
    try:
        words: dict[str, Any] = {"version": _VERSION, "run": run, "pacing": pacing, "reason": reason}
        words["seal"] = _seal(words, (folder / _PLAN).read_bytes(), key)
        atomic_write(folder / _WORDS, json.dumps(words).encode())
    except OSError as error:
        raise _unusable(folder, error) from None


def is_saved(folder: Path) -> bool:
    return (folder / _WORDS).exists()


def load(folder: Path, key: DigestKey) -> SavedRollout | None:
    """Raises SetupError where there is one that cannot be read, or that was edited."""
    file = folder / _WORDS
    try:
        document = json.loads(file.read_bytes())
        order = _order(folder / _PLAN, document)
        if document["version"] != _UNSEALED and not _sealed(document, order.plan.read_bytes(), key):
            raise _edited(file)
        return order
    except FileNotFoundError as error:
        if file.exists():
            raise _unusable(folder / _PLAN, error) from None
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unusable(file, error) from None


def _order(plan: Path, document: Any) -> SavedRollout:
    if document["version"] not in (_UNSEALED, _VERSION):
        raise ValueError("of another version")
    reason = document.get("reason")  # older versions kept none
    return SavedRollout(
        plan=plan,
        run=str(document["run"]),
        pacing=dict(document["pacing"]),
        reason=None if reason is None else str(reason),
    )


def _sealed(document: dict[str, Any], plan: bytes, key: DigestKey) -> bool:
    stated = str(document["seal"]).encode()
    return any(hmac.compare_digest(stated, _seal(document, plan, one).encode()) for one in key.all_keys)


def _seal(document: dict[str, Any], plan: bytes, key: DigestKey) -> str:
    """Over all but the seal itself. The name before it keeps a seal from being the digest of a secret."""
    rest = {name: part for name, part in document.items() if name != "seal"}
    content = dumps({"order": rest, "plan": hashlib.sha256(plan).hexdigest()})
    return "hmac-sha256:" + key.digest(f"reconciler/saved-rollout seal\n{content}")


def _edited(file: Path) -> SetupError:
    return SetupError(
        msg(
            "The saved rollout {file} is not used: it or its plan was edited, or sealed with another key",
            file=file.as_posix(),
        ),
        hint=msg("Delete the folder {folder}, then plan and apply again", folder=file.parent.as_posix()),
    )


def delete(folder: Path) -> None:
    for name in (_WORDS, _PLAN):
        with suppress(FileNotFoundError):
            (folder / name).unlink()


def _unusable(path: Path, error: Exception) -> SetupError:
    reason = system_reason(error)
    return SetupError(
        msg("The saved rollout {file} cannot be used: {reason}", file=path.as_posix(), reason=reason),
        hint=msg("Delete the folder {folder}, then plan and apply again", folder=path.parent.as_posix()),
    )
