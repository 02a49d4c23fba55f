"""A token that was pasted into the name of a file: refused where the name would be read, and shown nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.adapters.manifests.loading.loader import ManifestFolder
from reconciler.core.model.selection import Selection

TOKEN = "amzn.mws.7e57ab1e-0000-4000-8000-00000badc0de"
UUID = TOKEN.removeprefix("amzn.mws.")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (f"{TOKEN}.yaml", "shops/(not shown)"),
        (f"kyoto-tea-{TOKEN}.yaml", "shops/kyoto-tea-(not shown)"),
        (f"{TOKEN}.yml", "shops/(not shown)"),
        (f"_groups/{TOKEN}.yaml", "shops/_groups/(not shown)"),
        (f"_groups/{TOKEN}/standard.yaml", "shops/_groups/(not shown)"),
        (f"{TOKEN}/kyoto-tea.yaml", "shops/(not shown)"),
    ],
)
def test_it_is_refused_and_not_repeated(name: str, shown: str, tmp_path: Path) -> None:
    file = tmp_path / "shops" / name
    file.parent.mkdir(parents=True)
    file.write_text("apiVersion: reconciler/v1\nshop: kyoto-tea\n")
    (tmp_path / "shops" / "uji-cups.yaml").write_text("apiVersion: reconciler/v1\nshop: uji-cups\n")
    read = ManifestFolder(tmp_path / "shops", shown_as="shops").read(Selection())

    assert UUID not in repr(read)
    assert [(f.code.slug, f.origin.file) for f in read.findings if f.origin] == [("plaintext-token", shown)]
    assert "an MWSAuthToken" in str(read.findings[0].summary)
