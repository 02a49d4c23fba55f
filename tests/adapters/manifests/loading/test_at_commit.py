"""The manifests of a commit are read as those of the folder are from which it was made."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from reconciler.adapters.git.mirror import GitMirror
from reconciler.adapters.git.mirror_commit import MirrorCommit, MirrorRevisions
from reconciler.adapters.git.revisions import GitRevisions
from reconciler.adapters.manifests.loading.at_commit import CommitManifests
from reconciler.adapters.manifests.loading.commit_index import index_commit
from reconciler.adapters.manifests.loading.loader import ManifestFolder
from reconciler.core.model.selection import Selection
from tests.support.forge.remote import git

SHOP = "apiVersion: reconciler/v1\nshop: {shop}\n"
KEYS = ("kyoto-tea", "uji-cups", "nara-ink")
FILES = (
    *(f"{key}.yaml" for key in KEYS), *(f"a/{key}.yaml" for key in KEYS), "a/b/nara-ink.yaml",
    "_defaults.yaml", "_groups/standard.yaml", "_groups/premium.yaml", "_groups/Odd.yaml", "_groups/deep/x.yaml",
    "_group/x.yaml", "_default.yaml", "a/_defaults.yaml", "_old/kyoto-tea.yaml", "a/_groups/x.yaml",
    "Kyoto.yaml", "uji-cups.yml", "dir.yaml/uji-cups.yaml", ".hidden/nara-ink.yaml", ".kyoto-tea.yaml", "README.md",
    "amzn.mws.4ea38b7b-f563-7709-4bae-87aea1b2c3d4.yaml", "atza|abcdef/kyoto-tea.yaml",
)  # fmt: skip
LINKS = (
    "kyoto-tea.yaml",
    "a/uji-cups.yaml",
    "osaka-soy.yaml",
    "_defaults.yaml",
    "_groups/standard.yaml",
    "linked",
    "z.yaml",
)
TARGETS = (
    "kyoto-tea.yaml", "a/nara-ink.yaml", "../a/nara-ink.yaml", ".hidden/nara-ink.yaml", "nowhere.yaml", "osaka-soy.yaml", "a",
    "linked/nara-ink.yaml", "../README", "../other", "../../beyond.yaml", "/etc/hostname",
)  # fmt: skip
BODIES = (
    "", "group: standard\n", "group: premium\n", "labels: {wave: canary}\n", "amazon: {enabled: true}\n",
    "amazon: {enabeld: 1}\n", "storefront: {status: open}\ngroup: standard\n",
)  # fmt: skip
SHARED = (
    "apiVersion: reconciler/v1\n",
    "apiVersion: reconciler/v1\nlabels: {wave: late}\n",
    "apiVersion: reconciler/v1\ngroup: standard\nstorefront: {status: open}\n",
    "apiVersion: reconciler/v1\ngroup: premium\n",
    "apiVersion: [\n",
)
SELECTIONS = (
    Selection(),
    *(Selection(names=frozenset({key})) for key in (*KEYS, "osaka-soy", "unknown")),
    Selection(names=frozenset(KEYS)),
    Selection(globs=("*-tea", "Kyo*")),
    Selection(globs=("uji-*",), names=frozenset(KEYS)),
    Selection(labels=(("wave", "canary"),)),
    Selection(group="standard"),
)


@st.composite
def contents(draw: st.DrawFn, path: str) -> str:
    if "_" in path.split("/", maxsplit=1)[0][:1]:
        return draw(st.sampled_from(SHARED))
    key = Path(path).stem
    declared = draw(st.sampled_from((*(key,) * 12, *KEYS, '"\\u006beyoto"', "[]")))
    odd = draw(st.sampled_from((None,) * 25 + ("- a\n", "shop: kyoto-tea", "#\n", "\ufeffshop: x\n", "a: &a [*a]\n")))
    return SHOP.format(shop=declared) + draw(st.sampled_from(BODIES)) if odd is None else odd


@st.composite
def trees(draw: st.DrawFn) -> tuple[dict[str, str], dict[str, str]]:
    files = {path: draw(contents(path)) for path in draw(st.lists(st.sampled_from(FILES), unique=True, max_size=8))}
    links = draw(st.dictionaries(st.sampled_from(LINKS), st.sampled_from(TARGETS), max_size=3))
    return files, links


def written(root: Path, files: Mapping[str, str], links: Mapping[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    for path, target in links.items():
        if not (root / path).exists() and not (root / path).is_symlink():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).symlink_to(target)


@contextmanager
def committed(files: Mapping[str, str], links: Mapping[str, str]) -> Iterator[tuple[Path, MirrorCommit]]:
    """The folder of manifests in a work tree, and the commit of it."""
    with TemporaryDirectory() as top:
        root = Path(top, "repository")
        written(root, {"other/README": "x", "README": "x"}, {})
        written(root / "shops", files, links)
        git(root, "init", "-q", "-b", "main", ".")
        git(root, "add", "-A", "-f")
        git(root, "commit", "-q", "-m", "x")
        tree = MirrorCommit(GitMirror(source=str(root), folder=root / ".git"), git(root, "rev-parse", "HEAD"))
        try:
            yield root / "shops", tree
        finally:
            tree.close()


@given(tree=trees())
@example(tree=({".hidden/nara-ink.yaml": SHOP.format(shop="nara-ink")}, {}))
def test_the_same_shops_and_diagnostics_as_the_folder(tree: tuple[dict[str, str], dict[str, str]]) -> None:
    with committed(*tree) as (root, commit):
        folder = ManifestFolder(root, shown_as="shops")
        manifests = CommitManifests(commit, "shops", shown_as="shops")
        assert manifests.names() == folder.names()
        for selection in SELECTIONS:
            expected = folder.read(selection)
            event(f"shops: {len(expected.shops)}, diagnostics: {min(len(expected.findings), 3)}")
            assert manifests.read(selection) == expected, selection
        changes = [frozenset({path}) for path in (*tree[0], *tree[1])]
        assert manifests.affected_by(changes) == folder.affected_by(changes)


@given(one=trees(), other=trees())
def test_an_index_made_from_the_one_before_is_the_same(
    one: tuple[dict[str, str], dict[str, str]], other: tuple[dict[str, str], dict[str, str]]
) -> None:
    with committed(*one) as (_, first), committed({**one[0], **other[0]}, other[1]) as (_, second):
        before = index_commit(first, "shops")
        assert index_commit(second, "shops", before) == index_commit(second, "shops")


def test_the_work_tree_does_not_matter() -> None:
    with committed({"kyoto-tea.yaml": SHOP.format(shop="kyoto-tea")}, {}) as (root, commit):
        shutil.rmtree(root)
        manifest = CommitManifests(commit, "shops", shown_as="shops").read(Selection())
    assert [shop.shop for shop in manifest.shops] == ["kyoto-tea"]
    assert manifest.shops[0].origin.file == "shops/kyoto-tea.yaml"


def test_a_second_declaration_in_an_unselected_file_is_found() -> None:
    files = {"kyoto-tea.yaml": SHOP.format(shop="kyoto-tea"), "uji-cups.yaml": SHOP.format(shop="kyoto-tea")}
    with committed(files, {}) as (_, commit):
        manifest = CommitManifests(commit, "shops", shown_as="shops").read(Selection(names=frozenset({"kyoto-tea"})))
    assert manifest.shops == ()
    assert {finding.code.slug for finding in manifest.findings} >= {"two-files"}


@pytest.mark.parametrize("folder", [".", "shops"])
def test_what_changed_since_another_commit_and_how_it_was(folder: str) -> None:
    key = "kyoto-tea"
    with committed({f"{key}.yaml": SHOP.format(shop=key), "uji-cups.yaml": SHOP.format(shop="uji-cups")}, {}) as (
        root,
        old,
    ):
        (root / f"{key}.yaml").write_text(SHOP.format(shop=key) + "labels: {wave: canary}\n")
        git(root, "commit", "-q", "-a", "-m", "y")
        new = MirrorCommit(old.mirror, git(root, "rev-parse", "HEAD"))
        top = root.parent if folder == "." else root
        expected = ManifestFolder(top, shown_as=folder, revisions=GitRevisions(top))
        found = CommitManifests(new, folder, shown_as=folder, revisions=MirrorRevisions(new, folder))
        since = Selection(since=old.commit)
        assert found.read(since) == expected.read(since)
        assert [shop.shop for shop in found.read(since).shops] == [key]
        assert found.read_at(old.commit, frozenset({key})) == expected.read_at(old.commit, frozenset({key}))
        new.close()
