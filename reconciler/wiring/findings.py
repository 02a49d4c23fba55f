"""What findings need from the outside: their store, the ledger of accepted drift, and who owns a manifest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reconciler.adapters.settings.settings import Settings
from reconciler.wiring.runtime import clock, relative_path
from reconciler.wiring.store import ConfiguredRunStore, open_run_store

if TYPE_CHECKING:
    from reconciler.core.findings.code_owners import OwnerRule
    from reconciler.ports.findings.finding_store import FindingStore
    from reconciler.ports.findings.ledger import AcceptanceLedger
    from reconciler.ports.findings.manifest_owners import ManifestOwners

_OWNER_FILES: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""The first one that is there counts, as at GitHub; GitLab differs only where a repository has several."""


@dataclass(frozen=True, slots=True)
class ConfiguredFindingStores:
    """Implements ports.findings.FindingStores over the store of the settings."""

    settings: Settings

    @contextmanager
    def open(self, *, create: bool) -> Iterator[FindingStore | None]:
        place = self.settings.store
        if not create and "://" not in place and not Path(place).exists():
            yield None
            return
        from reconciler.adapters.store import StoreFindings

        with open_run_store(self.settings) as opened:
            yield StoreFindings(opened)

    def ephemeral_place(self) -> str | None:
        return ConfiguredRunStore(self.settings).ephemeral_place()


def acceptance_ledger(settings: Settings) -> AcceptanceLedger:
    from reconciler.adapters.manifests.ledger import LEDGER_NAME, LedgerFile

    path = settings.root / LEDGER_NAME
    return LedgerFile(path, relative_path(path), clock())


def manifest_owners(settings: Settings) -> ManifestOwners:
    return _CodeOwnersFile(settings)


@dataclass(frozen=True)
class _CodeOwnersFile:
    """Read when the first owner is asked for."""

    settings: Settings

    def owner_of(self, file: str) -> str | None:
        from reconciler.core.findings.code_owners import owners_of

        name = Path(file).relative_to(self.settings.manifests_shown_as) if self._is_manifest(file) else Path(file)
        path = self.settings.manifests / name
        if not self._rules or not path.is_relative_to(self._root):
            return None
        return " ".join(owners_of(self._rules, path.relative_to(self._root).as_posix())) or None

    def _is_manifest(self, file: str) -> bool:
        return Path(file).is_relative_to(self.settings.manifests_shown_as)

    @cached_property
    def _root(self) -> Path:
        """Of the repository; without one, the folder of the settings."""
        folders = (self.settings.root, *self.settings.root.parents)
        return next((folder for folder in folders if (folder / ".git").exists()), self.settings.root)

    @cached_property
    def _rules(self) -> tuple[OwnerRule, ...]:
        from reconciler.core.findings.code_owners import parse_code_owners

        for name in _OWNER_FILES:
            file = self._root / name
            if file.is_file():
                return parse_code_owners(file.read_text("utf-8", "replace"))
        return ()
