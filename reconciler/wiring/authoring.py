"""What writes manifests: their style, and new ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.adapters.settings.settings import Settings

if TYPE_CHECKING:
    from reconciler.ports.manifest_editing import Drafts, Formatter


def formatter(settings: Settings) -> Formatter:
    from reconciler.adapters.manifests.editing.formatter import FormattedFolder

    return FormattedFolder(settings.manifests, settings.manifests_shown_as)


def editor_schema(settings: Settings) -> Path:
    """The JSON Schema that a manifest's first line names to editors, where it is there."""
    return settings.root / "schemas" / "shop.schema.json"


def drafts(settings: Settings, template: Path | None = None, group: str | None = None) -> Drafts:
    """Raises Unusable where the template is not in order."""
    from reconciler.adapters.manifests.writing.drafter import DraftedManifests

    return DraftedManifests(
        settings.manifests,
        shown_as=settings.manifests_shown_as,
        schema=editor_schema(settings),
        template=template,
        group=group,
    )
