"""Which files are read for their lines: manifests and settings that are there, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.adapters.manifests.excerpts.source_reader import FileSourceReader, SettingsSource
from reconciler.adapters.settings.documents import SettingsDocument
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.values import Origin


@pytest.fixture
def reader(tmp_path: Path) -> FileSourceReader:
    (tmp_path / "shops" / "_groups").mkdir(parents=True)
    for file in ("shops/a.yaml", "shops/_defaults.yaml", "shops/_groups/g.yaml", "shops/t.csv", "x.yaml"):
        (tmp_path / file).write_text("apiVersion: reconciler/v1\namazon: {enabled: yes}\n")
    (tmp_path / "shops" / "out.yaml").symlink_to(tmp_path / "x.yaml")
    (tmp_path / "reconciler.yaml").write_text("timeouts: {read: 0}\n")
    settings = ManifestPath(stem="reconciler", path=str(tmp_path / "reconciler.yaml"), display_path="reconciler.yaml")
    return FileSourceReader(
        roots=((tmp_path / "shops", "shops"),), settings=SettingsSource(file=settings, model=SettingsDocument)
    )


def at(file: str, line: int = 2, column: int = 19) -> Diagnostic:
    return diagnostic(codes.AMBIGUOUS, msg("x"), origin=Origin(file, line, column))


@pytest.mark.parametrize("file", ["shops/a.yaml", "shops/_defaults.yaml", "shops/_groups/g.yaml"])
def test_manifests(file: str, reader: FileSourceReader) -> None:
    (line,) = reader.lines_for([at(file)]).values()
    assert line.text == "amazon: {enabled: yes}"


def test_settings(reader: FileSourceReader) -> None:
    (line,) = reader.lines_for([at("reconciler.yaml", 1, 18)]).values()
    assert (line.text, line.start) == ("timeouts: {read: 0}", 17)


@pytest.mark.parametrize(
    "file", ["shops/gone.yaml", "shops/t.csv", "shops/../x.yaml", "shops/out.yaml", "x.yaml", "shops", "old.csv"]
)
def test_nothing_else(file: str, reader: FileSourceReader) -> None:
    assert reader.lines_for([at(file), diagnostic(codes.NO_SUCH_SHOP, msg("x"))]) == {}


def test_without_a_folder_of_manifests_only_settings(tmp_path: Path, reader: FileSourceReader) -> None:
    alone = FileSourceReader()
    assert alone.lines_for([at("shops/a.yaml"), at("reconciler.yaml", 1, 18)]) == {}
