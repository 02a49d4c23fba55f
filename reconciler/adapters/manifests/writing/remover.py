"""Removes the manifest of one shop from the folders.

In: the folders and a shop. Out: the file that was removed, as messages call it. Files that inherit nothing from it stay as
they are; a link is removed, and not what it leads to.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reconciler.adapters.manifests.discovery.files import shop_files
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.system_errors import system_reason
from reconciler.core.values import Origin, ShopKey
from reconciler.ports import SetupError


def delete_manifest(roots: Sequence[tuple[Path, str]], shop: ShopKey) -> str:
    """Raises SetupError where the shop has not exactly one file, or it cannot be removed."""
    files = [
        file for root, shown in roots if root.is_dir() for file in shop_files(root, shown).files if file.stem == shop
    ]
    if len(files) != 1:
        text = msg("{shop} has {count} manifests: none was removed", shop=shop, count=len(files))
        raise SetupError(text, code=codes.NOT_WRITTEN, hint=msg("Run `reconciler validate {shop}`", shop=shop))
    try:
        Path(files[0].path).unlink()
    except OSError as error:
        raise SetupError(
            msg("The file cannot be removed: {reason}", reason=system_reason(error)),
            code=codes.NOT_WRITTEN,
            hint=msg("Fix this and run the command again; it continues where it stopped"),
            origin=Origin(files[0].display_path),
        ) from error
    return files[0].display_path
