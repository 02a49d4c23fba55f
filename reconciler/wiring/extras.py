"""Which optional part of the tool an import was missing from."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from pathlib import PurePath
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg

_PARTS: Final[Mapping[str, Message]] = {
    "console": msg("The console"),
    "embedded": msg("The embedded backend"),
    "ipn": msg("The receiver of notifications"),
    "watch": msg("The watcher"),
    "postgres": msg("The PostgreSQL store"),
    "scale": msg("The queue of fleet runs"),
    "lsp": msg("The language server"),
}
_IPN_MODULES: Final = frozenset({"sns", "sidecar.py", "sidecar_worker.py", "simulating.py", "payments.py"})


def missing_extra(error: ModuleNotFoundError) -> Diagnostic | None:
    """What to install; None if the module belongs to no extra."""
    extra = _extra_of(error)
    if extra is None:
        return None
    text = msg("{part} is not installed: run `pip install 'reconciler[{extra}]'`", part=_PARTS[extra], extra=extra)
    return diagnostic(codes.NOT_INSTALLED, text)


def _extra_of(error: ModuleNotFoundError) -> str | None:
    missing = (error.name or "").partition(".")[0]
    if missing in {"procrastinate", "psycopg_pool"}:
        return "scale"
    if missing == "psycopg":
        return "scale" if _of_worker(error) else "postgres"
    if missing in {"pygls", "lsprotocol"}:
        return "lsp"
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        parts = PurePath(frame.filename).parts
        if "reconciler" not in parts:
            continue
        inside = set(parts[len(parts) - parts[::-1].index("reconciler") :])
        if "console" in inside:
            return "console"
        if "embedded" in inside or "embedded.py" in inside:
            return "embedded"
        if "ipn" in inside or inside & _IPN_MODULES:
            return "ipn"
        if {"wiring", "watch"} <= inside:
            return "watch"
    return None


def _of_worker(error: ModuleNotFoundError) -> bool:
    """Whether a worker needs it: with the extra for the store alone, the queue would be missing next."""
    files = (PurePath(frame.filename) for frame in traceback.extract_tb(error.__traceback__))
    return any(file.name == "serve_worker.py" or file.parent.name == "scale" for file in files)
