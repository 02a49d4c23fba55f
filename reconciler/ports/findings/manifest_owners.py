"""Who owns a manifest, by the CODEOWNERS of its repository."""

from __future__ import annotations

from typing import Protocol


class ManifestOwners(Protocol):
    def owner_of(self, file: str) -> str | None:
        """`file` as diagnostics name it. Several owners with blanks between them; None where it has no owner."""
        ...
