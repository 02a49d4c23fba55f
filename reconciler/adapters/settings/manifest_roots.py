"""The folders of manifests that the settings name: one, or several that are one fleet."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from reconciler.adapters.manifests.yaml.parsed import Parsed
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.lib.frozen_class import frozen


@frozen(kw_only=False)
class ManifestRoot:
    """A folder of manifests, and what messages call it."""

    folder: Path
    shown_as: str


def common_folder(roots: Sequence[ManifestRoot]) -> Path:
    """The folder that holds all of them: the only one itself."""
    if len(roots) == 1:
        return roots[0].folder
    return Path(os.path.commonpath([os.path.normpath(root.folder) for root in roots]))


def manifest_folders(named: object) -> list[str]:
    """As they are written. What is no name is reported by the check of the file's form."""
    many = named if isinstance(named, list) else [named or "shops"]
    return [each for each in many if isinstance(each, str)]


def nested_roots(parsed: Parsed) -> Iterator[Diagnostic]:
    """A folder inside another one would be read twice."""
    folders = [os.path.normpath(each) for each in manifest_folders(parsed.data.get("manifests"))]
    for number, inner in enumerate(folders):
        outer = next((each for each in folders[:number] + folders[number + 1 :] if _holds(each, inner)), None)
        if outer is not None:
            yield diagnostic(
                codes.BAD_SETTINGS,
                msg("The folder {inner} is in {outer}, and both are in `manifests`", inner=inner, outer=outer),
                expected=msg("folders of which none is in another"),
                hint=msg("Remove the inner one: the outer one is read with all its folders"),
                subject="manifests",
                origin=parsed.origin(("manifests",)),
            )
            return


def _holds(outer: str, inner: str) -> bool:
    return outer in {inner, "."} or inner.startswith(f"{outer}{os.sep}")
