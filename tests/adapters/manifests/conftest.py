"""A folder of manifests that a test writes and reads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler.adapters.manifests.loading.loader import ManifestFolder
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.model.selection import Selection
from reconciler.ports import Manifest

HEAD = "apiVersion: reconciler/v1\nshop: {shop}\n"


@dataclass
class Folder:
    root: Path

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def shop(self, body: str = "", *, key: str = "kyoto-tea") -> Path:
        """A shop's file: two lines of head, then `body` from line 3 on."""
        return self.write(f"{key}.yaml", HEAD.format(shop=key) + body)

    def group(self, name: str, body: str) -> Path:
        return self.write(f"_groups/{name}.yaml", body)

    def read(self, **selection) -> Manifest:
        return ManifestFolder(self.root, shown_as="shops").read(Selection(**selection))

    def findings(self, body: str) -> tuple[Diagnostic, ...]:
        """Of one shop with that body."""
        self.shop(body)
        return self.read().findings


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "shops"
    root.mkdir()
    return Folder(root)


def places(manifest: Manifest) -> list[str]:
    """Each finding as `M016 shops/a.yaml:3:4`."""
    return [f"{finding.code.number} {finding.origin}" for finding in manifest.findings]


def sentences(finding: Diagnostic) -> str:
    """Everything a finding says, in one text."""
    said = (finding.summary, finding.expected, finding.hint, finding.subject, finding.origin)
    return " | ".join(str(part) for part in said if part is not None)


@pytest.fixture(name="places")
def places_fixture():
    return places


@pytest.fixture(name="sentences")
def sentences_fixture():
    return sentences
