"""Loading and validating manifests, compared with bare parsing of the same files with libyaml."""

from __future__ import annotations

from pathlib import Path

import yaml

from bench.fleet import write_fleet
from bench.timing import Figure, compare
from reconciler.adapters.manifests.loading.loader import ManifestFolder
from reconciler.core.model.selection import Selection

SHOPS = 10_000
RUNS = 3


def measure(folder: Path) -> list[Figure]:
    paths = write_fleet(folder / "shops", SHOPS)

    def load() -> None:
        manifest = ManifestFolder(folder / "shops").read(Selection())
        if len(manifest.shops) != SHOPS or manifest.findings:
            raise RuntimeError(f"the fleet should be valid: {manifest.findings[:3]}")

    return [
        compare(f"load and validate {SHOPS:,} manifests", load, "bare CSafeLoader", lambda: bare_parse(paths), RUNS)
    ]


def bare_parse(paths: list[Path]) -> None:
    for path in paths:
        with path.open("rb") as file:
            yaml.load(file, yaml.CSafeLoader)  # the safe loader, by its C name
