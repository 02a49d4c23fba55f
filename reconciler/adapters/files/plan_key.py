"""The key that seals saved plans, and digests the secrets in them.

In: the environment, the settings' folder. Out: the key, or `PlanFileError`. It is `RECONCILER_PLAN_KEY`, any text of at least 16
characters, or else `.reconciler/plan.key`, created on first use with 32 random bytes in hexadecimal. In both cases the text
itself is the key, so that the content of the file can be given to another machine as the variable. The first line is the key,
each further line one that it replaced: what was digested and sealed with those can still be compared and verified.

A key file that others may read is refused, as ssh does: with the key, anyone can seal a plan.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from reconciler.adapters.files.atomic_write import fsync_dir, require_regular, write_temp
from reconciler.adapters.files.plan_files import KEY_VARIABLE, PlanFileError
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.system_errors import system_reason
from reconciler.core.model.canonical import DigestKey
from reconciler.core.values import Secret, SecretRef

MIN_LENGTH: Final = 16
_FILE: Final = Path(".reconciler", "plan.key")
_BYTES: Final = 32


def plan_key(root: Path, environment: Mapping[str, str] = os.environ) -> DigestKey:
    """The variable's key, or that of the file below `root`, which is made where there is none. Raises PlanFileError."""
    return shared_key(environment) or _file_key(root / _FILE)


def shared_key(environment: Mapping[str, str] = os.environ) -> DigestKey | None:
    """The key that machines share, if one is configured: fingerprints may cover digests made with it. Raises PlanFileError."""
    given = environment.get(KEY_VARIABLE)
    if given is None:
        return None
    text = Secret(given.strip(), SecretRef(f"ref+env://{KEY_VARIABLE}"))
    key = _parse(text.reveal())
    if key is None:
        raise PlanFileError(
            msg("The environment variable {name} is too short for a key", name=KEY_VARIABLE),
            hint=msg("Use at least {count} characters, or unset it to use a key of this machine", count=MIN_LENGTH),
        )
    return key


def key_path(root: Path) -> Path:
    """The file of the key below `root`, whether it is there or not."""
    return root / _FILE


def load_key(root: Path, environment: Mapping[str, str] = os.environ) -> DigestKey | None:
    """As `plan_key`, but None where there is no key yet. Raises PlanFileError."""
    given = shared_key(environment)
    return given or (_file_key(root / _FILE) if (root / _FILE).exists() else None)


def create_key(root: Path) -> DigestKey | None:
    """A new key below `root`; None where there is one already. Raises PlanFileError."""
    return None if (root / _FILE).exists() else _file_key(root / _FILE)


def rotate_key(root: Path) -> DigestKey:
    """A new key below `root`, with the present one and those before it as older ones. Raises PlanFileError."""
    path, former = root / _FILE, _file_key(root / _FILE)
    lines = [secrets.token_hex(_BYTES), *(key.key.decode() for key in former.all_keys)]
    try:
        write_temp(path, "".join(f"{line}\n" for line in lines).encode(), 0o600).replace(path)
    except OSError as error:
        raise PlanFileError(
            msg("The key {file} cannot be used: {reason}", file=str(path), reason=system_reason(error)),
            hint=msg("Fix that file or its folder, or set your own key in {name}", name=KEY_VARIABLE),
        ) from None
    return _file_key(path)


def _parse(text: str) -> DigestKey | None:
    """None where a line is too short for a key."""
    lines = [line.strip().encode() for line in text.splitlines() if line.strip()]
    if not lines or any(len(line.decode()) < MIN_LENGTH for line in lines):
        return None
    return DigestKey(lines[0], tuple(lines[1:]))


def _file_key(path: Path) -> DigestKey:
    try:
        if not path.exists():
            _make_key(path)
        require_regular(path)
        _refuse_if_open(path)
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = system_reason(error) if isinstance(error, OSError) else msg("it is not text")
        raise PlanFileError(
            msg("The key {file} cannot be used: {reason}", file=str(path), reason=reason),
            hint=msg("Fix that file or its folder, or set your own key in {name}", name=KEY_VARIABLE),
        ) from None
    key = _parse(text)
    if key is None:
        raise PlanFileError(
            msg("The key {file} is too short", file=str(path)),
            hint=msg("Delete it; a new one is created, and plans sealed with it must be created again"),
        )
    return key


def _make_key(path: Path) -> None:
    """Complete before it has its name, and of two that make one at once the first wins. It is kept from being committed."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError), (path.parent / ".gitignore").open("x", encoding="ascii") as ignored:
        ignored.write("*\n")
    beside = write_temp(path, f"{secrets.token_hex(_BYTES)}\n".encode(), 0o600)
    try:
        with suppress(FileExistsError):
            os.link(beside, path)
    finally:
        beside.unlink()
    fsync_dir(path.parent)


def _refuse_if_open(path: Path) -> None:
    """Where the system has no such permissions (Windows) they say nothing."""
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise PlanFileError(
            msg("The key {file} is readable by others than its owner", file=str(path)),
            hint=msg("Make it readable by its owner only with chmod 600, or delete it if others may have read it"),
        )
