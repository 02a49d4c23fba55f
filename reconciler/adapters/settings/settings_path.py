"""Where the settings are: the file that is read, what messages call it, and what to say where it is not there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg

FILE_NAME: Final = "reconciler.yaml"


def settings_file(path: Path | None) -> ManifestPath:
    """The file that is read, and what messages call it."""
    named = Path(FILE_NAME) if path is None else path
    return ManifestPath(stem=named.stem, path=str(named), display_path=shown_settings_path(named))


def shown_settings_path(path: Path) -> str:
    """As it would be written from the current folder where it lies below, however it was named; else as it was named."""
    plain = Path(os.path.normpath(path))
    below = plain.is_absolute() and plain.is_relative_to(Path.cwd())
    return (plain.relative_to(Path.cwd()) if below else plain).as_posix()


def no_settings_file(named: Path) -> Diagnostic:
    file = named.as_posix()
    if named.is_dir():
        why = msg("{file} is a folder, not a settings file", file=file)
    else:
        why = msg("The settings file {file} (from -c or RECONCILER_CONFIG) does not exist", file=file)
    hint = msg("Select a file with -c; the default is reconciler.yaml, or the built-in defaults if it does not exist")
    return diagnostic(codes.BAD_SETTINGS, why, hint=hint)
