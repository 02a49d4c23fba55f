"""What the demos share: where the tree is, random tokens, and a command that runs another one in a demo's environment."""

from __future__ import annotations

import os
import shlex
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
TOKENS = ROOT / "demo" / "tokens.txt"


def random_tokens() -> dict[str, str]:
    """For each shop of the example fleet, by the name of the variable that its manifest refers to."""
    return {name: f"amzn.mws.{uuid.uuid4()}" for name in TOKENS.read_text().split()}


def own_path() -> str:
    """Commands of this installation come first."""
    return f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"


def write_with(script: Path, own: Mapping[str, str]) -> None:
    """Writes a command that runs another one in this environment, from any folder; readable only for its owner."""
    script.touch(mode=0o700)
    exports = (f"export {name}={shlex.quote(value)}\n" for name, value in own.items())
    script.write_text("".join(("#!/bin/sh\n", *exports, 'exec "$@"\n')))


def near(path: Path) -> str:
    return shlex.quote(os.path.relpath(path))


def has_colour() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def bold(text: str) -> str:
    return f"\033[1m{text}\033[0m" if has_colour() else text
