"""Where the lines come from that are shown with diagnostics: the settings file, and the folder of manifests that it names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.adapters.settings.settings import Settings

if TYPE_CHECKING:
    from reconciler.ports.manifests import SourceReader


def source_reader(config: Path | None, settings: Settings | None) -> SourceReader:
    """`settings` is None where manifests are not to be shown: they are not known yet, or may have changed since."""
    from reconciler.adapters.manifests.excerpts.source_reader import FileSourceReader, SettingsSource
    from reconciler.adapters.settings.documents import SettingsDocument
    from reconciler.adapters.settings.settings import settings_file

    return FileSourceReader(
        root=Path() if settings is None else settings.manifests,
        shown_as=None if settings is None else settings.manifests_shown_as,
        settings=SettingsSource(file=settings_file(config), model=SettingsDocument),
    )
