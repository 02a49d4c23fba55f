"""Files as they were in a commit, as Git gives them from a real clone."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.adapters.git.revisions import GitRevisions
from reconciler.adapters.manifests.loading.loader import ManifestFolder
from reconciler.ports import SetupError
from tests.cli.ci.fleets import manifest
from tests.support.forge.remote import git


def committed(root: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "x")
    return git(root, "rev-parse", "HEAD")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main", ".")
    return tmp_path


def test_the_content_of_wanted_files_below_the_folder(root: Path) -> None:
    odd = "店 舗\n.yaml"
    old = committed(root, {"shops/a.yaml": "1\n", f"shops/{odd}": "", "shops/b.yaml": "\n\nb", "c.yaml": "c"})
    committed(root, {"shops/a.yaml": "2\n"})
    found = GitRevisions(root / "shops").files_at(old, lambda path: path != "b.yaml")
    assert found == {"a.yaml": b"1\n", odd: b""}
    assert GitRevisions(root / "shops").files_at(old, lambda _: False) == {}


def test_a_link_is_no_file(root: Path) -> None:
    (root / "shops").mkdir()
    (root / "shops" / "link.yaml").symlink_to("/etc/passwd")
    old = committed(root, {"shops/a.yaml": "1\n"})
    assert GitRevisions(root / "shops").files_at(old, lambda _: True) == {"a.yaml": b"1\n"}


def test_a_folder_that_was_not_there_yet_is_empty(root: Path) -> None:
    old = committed(root, {"README": "x"})
    committed(root, {"shops/a.yaml": "1\n"})
    assert GitRevisions(root / "shops").files_at(old, lambda _: True) == {}


@pytest.mark.parametrize("revision", ["f" * 40, "--help", "nowhere"])
def test_a_commit_that_is_not_there(root: Path, revision: str) -> None:
    committed(root, {"shops/a.yaml": "1\n"})
    with pytest.raises(SetupError):
        GitRevisions(root / "shops").files_at(revision, lambda _: True)


def test_manifests_are_read_as_they_were(root: Path) -> None:
    shared = {"shops/_defaults.yaml": "labels: {region: kansai}\n"}
    old = committed(
        root, {**shared, **{f"shops/{shop}.yaml": manifest(shop) for shop in ("kyoto-tea", "uji-cups", "nara-ink")}}
    )
    committed(root, {"shops/_defaults.yaml": "labels: {region: kanto}\n", "shops/nara-ink.yaml": "{"})
    folder = ManifestFolder(root / "shops", shown_as="shops", revisions=GitRevisions(root / "shops"))
    found = folder.read_at(old, frozenset({"kyoto-tea", "nara-ink", "no-such"})).shops
    assert [(str(desired.shop), desired.labels["region"], desired.origin.file) for desired in found] == [
        ("kyoto-tea", "kansai", "shops/kyoto-tea.yaml"),
        ("nara-ink", "kansai", "shops/nara-ink.yaml"),
    ]
