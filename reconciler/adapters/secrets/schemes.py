"""The two schemes that come with the tool: `ref+env://NAME` and `ref+file://PATH`.

In: what stands behind `://`. Out: the secret's text. Declared as entry points of the group `reconciler.secrets`, as further
schemes are. No message holds any part of a secret.
"""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from reconciler.core.texts import Text, say
from reconciler.ports import SecretMissing

_SIZE_LIMIT: Final = 64 * 1024


def environment(locator: str) -> str:
    """The environment variable of that name. An empty one counts as missing. Raises SecretMissing."""
    value = os.environ.get(locator)
    if value is None:
        raise SecretMissing(
            say("The environment variable {name} is not set", name=locator), way_on=_set_variable(locator)
        )
    if not value:
        raise SecretMissing(
            say("The environment variable {name} is empty", name=locator), way_on=_set_variable(locator)
        )
    return value


def _set_variable(name: str) -> Text:
    close = get_close_matches(name, os.environ, n=1, cutoff=0.8)
    if close and close[0] != name:
        return say("Did you mean {guess}, which is set?", guess=close[0])
    return say("Set {name} where the run starts, or among the secrets of the CI", name=name)


def file(locator: str) -> str:
    """The content of the file, without one line end at its end. Raises SecretMissing."""
    return read_secret_file(Path(locator), shown=locator)


def read_secret_file(path: Path, *, shown: str) -> str:
    """`shown` is the path as the manifest writes it."""
    try:
        with path.open("rb") as stream:
            data = stream.read(_SIZE_LIMIT + 1)
        text = data.decode()
    except OSError as error:
        raise SecretMissing(_reason(error, shown), way_on=_write_file(shown)) from error
    except UnicodeDecodeError:
        # Not chained: the decoder's error carries the bytes, and they are the secret.
        raise SecretMissing(say("The file {file} is not text", file=shown), way_on=_write_file(shown)) from None
    if len(data) > _SIZE_LIMIT:
        raise SecretMissing(say("The file {file} is too large for a secret", file=shown), way_on=_write_file(shown))
    secret = text.removesuffix("\n").removesuffix("\r")
    if not secret:
        raise SecretMissing(say("The file {file} is empty", file=shown), way_on=_write_file(shown))
    return secret


def _reason(error: OSError, shown: str) -> Text:
    match error:
        case FileNotFoundError():
            return say("The file {file} is not there", file=shown)
        case PermissionError():
            return say("This user may not read the file {file}", file=shown)
        case IsADirectoryError():
            return say("{file} is a folder", file=shown)
        case _:
            return say("The file {file} cannot be read: {reason}", file=shown, reason=error.strerror or "")


def _write_file(shown: str) -> Text:
    return say(
        "Put the secret, and nothing else, into {file}; its path starts at the settings file's folder", file=shown
    )
