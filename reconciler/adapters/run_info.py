"""Who applies what, from where: read once, when a run starts.

In: the settings' folder and the plan's fingerprint. Out: `RunInfo`. The actor is what the environment names (a CI job's user, or
the account); the commit is Git's, where the folder is under Git. Nothing here decides anything.
"""

from __future__ import annotations

import getpass
import hashlib
import os
import platform
import subprocess
import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from reconciler import __version__
from reconciler.core.diagnostics.redaction import redact
from reconciler.ports import Clock, RunInfo

_ACTORS: Final = ("RECONCILER_ACTOR", "GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILDKITE_BUILD_AUTHOR")
_GIT_SECONDS: Final = 5.0


def run_info(
    root: Path, command: str, fingerprint: str, clock: Clock, environment: Mapping[str, str] = os.environ
) -> RunInfo:
    return RunInfo(
        run=str(uuid.uuid4()),
        actor=known_actor(environment),
        host=platform.node() or "unknown",
        pid=os.getpid(),
        command=command,
        version=__version__,
        started=clock.now(),
        fingerprint=fingerprint,
        commit=commit(root),
    )


def known_actor(environment: Mapping[str, str] = os.environ) -> str:
    """As it may be shown and stored."""
    return redact(actor(environment))


def actor(environment: Mapping[str, str]) -> str:
    named = next((environment[name] for name in _ACTORS if environment.get(name)), None)
    if named is not None:
        return named
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's account need not have a name
        return f"uid {os.getuid()}"


def known_person(root: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Who vouches for something: the user of a CI job, or else the name and address of Git's settings, or the account."""
    named = any(environment.get(name) for name in _ACTORS)
    return known_actor(environment) if named else redact(_git_person(root) or actor(environment))


def _git_person(root: Path) -> str | None:
    name, address = (_git(root, "config", "--get", key) for key in ("user.name", "user.email"))
    return f"{name} <{address}>" if name and address else name or address


def commit(root: Path) -> str | None:
    """The commit that is checked out at `root`; None where there is no Git, or it does not answer."""
    return _git(root, "rev-parse", "--verify", "--quiet", "HEAD")


def _git(root: Path, *words: str) -> str | None:
    command = ["git", "-C", str(root), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_GIT_SECONDS, check=False)  # noqa: S603  # fixed words
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None


def digests(root: Path, files: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Each file by its shown path, with the SHA-256 of its bytes; a missing one is omitted."""
    return tuple((shown, digest) for shown in sorted(set(files)) if (digest := _digest(root, shown)) is not None)


def _digest(root: Path, shown: str) -> str | None:
    """Files are shown from where the command was given, or from the settings' folder."""
    for path in (Path(shown), root / shown):
        with suppress(OSError):
            return hashlib.sha256(path.read_bytes()).hexdigest()
    return None
