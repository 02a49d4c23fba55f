"""The schemes that read this machine: `ref+env://NAME`, `ref+file://PATH` and `ref+credential://NAME`.

In: the part after `://`. Out: the secret's text. Declared as entry points of the group `reconciler.secrets`, as further
schemes are. No message holds any part of a secret.
"""

from __future__ import annotations

import os
import re
import stat
from difflib import SequenceMatcher, get_close_matches
from pathlib import Path
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import REDACTED, is_high_entropy, redact
from reconciler.core.diagnostics.system_errors import system_reason
from reconciler.ports import SecretMissing

_SIZE_LIMIT: Final = 64 * 1024
_ALIKE: Final = 0.5
_VARIABLE: Final = r"[A-Za-z_][A-Za-z0-9_.-]*"
_CREDENTIAL: Final = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def environment(locator: str) -> str:
    """The environment variable of that name. An empty one counts as missing. Raises SecretMissing."""
    name = _name(locator)
    value = os.environ.get(locator)
    if value is None:
        raise SecretMissing(msg("The environment variable {name} is not set", name=name), hint=_set_variable(locator))
    if not value:
        raise SecretMissing(msg("The environment variable {name} is empty", name=name), hint=_set_variable(locator))
    return value


def display_locator(locator: str) -> str:
    """Where a secret is to be found, without what might be one: people write the secret itself in its place."""
    opaque = any(map(is_high_entropy, re.split("[/?#@]", locator)))
    return REDACTED if opaque else redact(f"://{locator}").removeprefix("://")


def _name(locator: str) -> str:
    return display_locator(locator) if re.fullmatch(_VARIABLE, locator) else REDACTED


def _set_variable(name: str) -> Message:
    guess = next((near for near in get_close_matches(name, os.environ, cutoff=0.8) if _is_typo(name, near)), None)
    if guess is not None:
        return msg("Did you mean {guess}, which is set?", guess=guess)
    if _name(name) != name:
        return msg("Write the name of a variable after ref+env://, never the secret itself")
    return msg("Set {name} in the environment of the run, or among the secrets of the CI", name=name)


def _is_typo(name: str, near: str) -> bool:
    """Not where another word is in the same place: X_PORT is not a misspelt X_SECRET."""
    words, others = name.split("_"), near.split("_")
    alike = (SequenceMatcher(None, *pair).ratio() > _ALIKE for pair in zip(words, others, strict=False))
    return near != name and (len(words) != len(others) or all(alike))


def file(locator: str) -> str:
    """The content of the file, without one line end at its end. Raises SecretMissing."""
    return read_secret_file(Path(locator), locator)


def credential(locator: str) -> str:
    """The credential of that name which systemd gave this process (`LoadCredential=`). Raises SecretMissing."""
    folder, name = os.environ.get("CREDENTIALS_DIRECTORY"), display_locator(locator)
    if not re.fullmatch(_CREDENTIAL, locator):
        why = msg("`{name}` is not the name of a credential", name=name)
    elif not folder:
        why = msg("This process has no credentials of systemd: CREDENTIALS_DIRECTORY is not set")
    elif not Path(folder, locator).exists():
        why = msg("The unit has no credential {name}", name=name)
    else:
        return read_secret_file(Path(folder, locator), f"{folder}/{locator}")
    hint = msg("Add `LoadCredential=NAME:PATH` to the unit of systemd, and write NAME after ref+credential://")
    raise SecretMissing(why, hint=hint)


def read_secret_file(path: Path, locator: str) -> str:
    """`locator` is the path as the manifest writes it."""
    shown = display_locator(locator)
    try:  # what is raised is not chained: the system's error carries the path, the decoder's the secret
        data = _read(path, shown)
        text = data.decode()
    except OSError as error:
        unread = not isinstance(error, FileNotFoundError)
        raise SecretMissing(_reason(error, shown), hint=_write_file(shown), unread=unread) from None
    except UnicodeDecodeError:
        raise SecretMissing(msg("The file {file} is not text", file=shown), hint=_write_file(shown)) from None
    if len(data) > _SIZE_LIMIT:
        raise SecretMissing(msg("The file {file} is too large for a secret", file=shown), hint=_write_file(shown))
    secret = text.removesuffix("\n").removesuffix("\r")
    if not secret:
        raise SecretMissing(msg("The file {file} is empty", file=shown), hint=_write_file(shown))
    return secret


def _read(path: Path, shown: str) -> bytes:
    """At most a byte more than the limit. A pipe is refused, not waited for; links are followed, as mounted secrets are links."""
    with open(os.open(path, _FLAGS), "rb") as stream:  # noqa: PTH123  # a descriptor, not a path
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise SecretMissing(
                msg("{file} is a device, socket or pipe, not a regular file", file=shown), hint=_write_file(shown)
            )
        return stream.read(_SIZE_LIMIT + 1)


def _reason(error: OSError, shown: str) -> Message:
    match error:
        case FileNotFoundError():
            return msg("The file {file} does not exist", file=shown)
        case PermissionError():
            return msg("Permission denied for the file {file}", file=shown)
        case IsADirectoryError():
            return msg("{file} is a folder", file=shown)
        case _:
            return msg("The file {file} cannot be read: {reason}", file=shown, reason=system_reason(error))


def _write_file(shown: str) -> Message:
    return msg("Put only the secret into {file}; its path is relative to the settings file", file=shown)
