"""`ref+sops://FILE#KEY`: a key of a file that SOPS encrypts, in YAML, JSON, ENV or INI.

In: a path that is absolute or relative to the settings file. Out: the keys of the decrypted file; the program `sops` decrypts it
in memory, with the keys that it finds in its own environment. A key below another is written `parent.child`.

Source: https://getsops.io/docs/
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from reconciler.adapters.secrets.schemes import display_locator
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SecretMissing

_SECONDS: Final = 30.0
_FAILED_TO_DECRYPT: Final = frozenset({128, 129})
"""Exit codes of sops: no data key could be decrypted."""


@frozen(kw_only=False)
class SopsFiles:
    """`root` is where relative paths start."""

    root: Path

    def read(self, path: str) -> Mapping[str, object]:
        """Raises SecretMissing. What sops prints is not quoted: it may hold parts of the file."""
        shown, file = display_locator(path), self.root / path
        program = shutil.which("sops")
        if program is None:
            raise SecretMissing(
                msg("The program sops is not installed"), hint=msg("Install it; it is searched in PATH"), unread=True
            )
        if not file.is_file():
            raise SecretMissing(
                msg("The file {file} does not exist", file=shown),
                hint=msg("Its path is relative to the settings file; create it with `sops edit`"),
            )
        command = [program, "--decrypt", "--output-type", "json", str(file)]
        try:
            done = subprocess.run(  # noqa: S603  # the user's own program, with a path and no shell
                command, capture_output=True, timeout=_SECONDS, check=False, stdin=subprocess.DEVNULL
            )
        except subprocess.TimeoutExpired:
            raise _failed(shown, msg("no answer in {seconds} s", seconds=round(_SECONDS))) from None
        except OSError:
            raise _failed(shown, msg("the program could not be started")) from None
        if done.returncode:
            reason = msg("exit code {code}", code=done.returncode)
            raise _failed(shown, msg("no key to decrypt it") if done.returncode in _FAILED_TO_DECRYPT else reason)
        return _document(done.stdout, shown)


def _document(output: bytes, shown: str) -> Mapping[str, object]:
    try:
        found = json.loads(output)
    except ValueError:  # not chained: it quotes the text
        raise _failed(shown, msg("its answer is not JSON")) from None
    if isinstance(found, dict):
        return found
    raise _failed(shown, msg("it holds no keys"))


def _failed(shown: str, reason: Message) -> SecretMissing:
    return SecretMissing(
        msg("sops could not decrypt {file}: {reason}", file=shown, reason=reason),
        hint=msg("Run `sops decrypt {file}` in the same environment to see why", file=shown),
        unread=True,
    )
