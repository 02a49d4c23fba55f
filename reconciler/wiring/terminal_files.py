"""The files that a terminal reads and writes itself: the lines that are shown with diagnostics, of the settings file and of the
folder of manifests that it names; and outputs.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.adapters.settings.settings import Settings
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.redaction import redact
from reconciler.core.diagnostics.system_errors import system_reason
from reconciler.ports import SetupError

if TYPE_CHECKING:
    from reconciler.ports.manifests import SourceReader


def source_reader(config: Path | None, settings: Settings | None) -> SourceReader:
    """`settings` is None where manifests are not to be shown: they are not known yet, or may have changed since."""
    from reconciler.adapters.manifests.excerpts.source_reader import FileSourceReader, SettingsSource
    from reconciler.adapters.settings.documents import SettingsDocument
    from reconciler.adapters.settings.settings_path import settings_file

    return FileSourceReader(
        roots=() if settings is None else tuple((root.folder, root.shown_as) for root in settings.manifest_roots),
        settings=SettingsSource(file=settings_file(config), model=SettingsDocument),
    )


def write_output(file: Path, pieces: Iterable[str]) -> None:
    """The pieces of a text in UTF-8, whole or not at all. A link stays one; what it leads to is replaced. Raises SetupError."""
    from reconciler.adapters.files.atomic_write import atomic_write, require_regular

    target = Path(os.path.realpath(file))
    try:
        require_regular(target)
        atomic_write(target, (piece.encode("utf-8", "backslashreplace") for piece in pieces))
    except OSError as error:
        why = msg(
            "The output cannot be written to {file}: {reason}", file=redact(str(file)), reason=system_reason(error)
        )
        hint = msg("Use a file in an existing, writable folder")
        raise SetupError(why, hint=hint, code=codes.OUTPUT_NOT_WRITTEN) from error


def pull_request_lines() -> Mapping[str, frozenset[int]]:
    """The lines that the pull request of this job changes; none outside such a job, and where the clone has no history."""
    from reconciler.adapters.git.changed_lines import changed_lines
    from reconciler.wiring.runtime import ci_job

    try:
        context = ci_job().context()
    except SetupError:
        return {}
    base = context.base if context.pull_request is None else context.pull_request.base
    return {} if base is None else changed_lines(Path(), base)
