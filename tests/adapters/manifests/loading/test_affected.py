"""Only what changed since a Git revision: files, groups, defaults; committed or not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from reconciler.adapters.git.revisions import GitRevisions
from reconciler.adapters.manifests.loading.loader import ManifestFolder
from reconciler.core.diagnostics import codes
from reconciler.core.model.selection import Selection
from reconciler.ports import Manifest, SetupError

SHOP = "apiVersion: reconciler/v1\nshop: {shop}\n"
SHARED = "apiVersion: reconciler/v1\n"
OPEN, CLOSED = "storefront: {status: open}\n", "storefront: {status: closed}\n"
FLEET = {
    "_defaults.yaml": SHARED + OPEN,
    "_groups/base.yaml": SHARED + OPEN,
    "_groups/standard.yaml": SHARED + "group: base\n",
    "_groups/tiny.yaml": SHARED + OPEN,
    "alone.yaml": SHOP.format(shop="alone"),
    "based.yaml": SHOP.format(shop="based") + "group: base\n",
    "usual.yaml": SHOP.format(shop="usual") + "group: standard  # as most\n",
    "quoted.yaml": SHOP.format(shop="quoted") + '"group" : "standard"\n',
    "deeper/small.yaml": SHOP.format(shop="small") + "group: tiny\n",
}
OVER_BASE = {"based", "usual", "quoted"}
EVERYONE = OVER_BASE | {"alone", "small"}


class Repository:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.shops = root / "shops"
        for name, content in FLEET.items():
            self.write(name, content)
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit()

    def write(self, name: str, content: str) -> None:
        path = self.shops / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    def git(self, *words: str) -> str:
        who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        done = subprocess.run(["git", "-C", str(self.root), *who, *words], check=True, capture_output=True, text=True)
        return done.stdout

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "x")

    def read(self, since: str = "main", **selection) -> Manifest:
        folder = ManifestFolder(self.shops, shown_as="shops", revisions=GitRevisions(self.shops))
        return folder.read(Selection(since=since, **selection))

    def names(self, since: str = "main", **selection) -> set[str]:
        return {shop.shop for shop in self.read(since, **selection).shops}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    return Repository(tmp_path)


def test_where_nothing_changed_no_shop_is_read_and_all_are_counted(repository):
    manifest = repository.read()
    assert (manifest.shops, manifest.findings, manifest.unchanged) == ((), (), len(EVERYONE))


@pytest.mark.parametrize("how", ["committed", "staged", "in the work tree"])
def test_a_shop_whose_file_changed(repository, how):
    repository.write("alone.yaml", SHOP.format(shop="alone") + CLOSED)
    if how != "in the work tree":
        repository.git("add", "--all")
    since = "main"
    if how == "committed":
        repository.git("commit", "--quiet", "--message", "x")
        since = "HEAD~1"
    manifest = repository.read(since)
    assert [shop.shop for shop in manifest.shops] == ["alone"]
    assert manifest.unchanged == len(EVERYONE) - 1


@pytest.mark.parametrize("ignored", [False, True], ids=["untracked", "ignored"])
def test_a_file_that_git_does_not_have(repository, ignored):
    if ignored:
        (repository.root / ".gitignore").write_text("new.yaml\n")
        repository.commit()
    repository.write("new.yaml", SHOP.format(shop="new"))
    assert repository.names() == {"new"}


def test_what_changed_and_was_changed_back_did_not_change(repository):
    repository.write("alone.yaml", SHOP.format(shop="alone") + CLOSED)
    repository.commit()
    repository.write("alone.yaml", FLEET["alone.yaml"])
    assert repository.names("HEAD~1") == set()


@pytest.mark.parametrize(
    ("file", "content", "affected"),
    [
        ("_defaults.yaml", SHARED + CLOSED, EVERYONE),
        ("_groups/base.yaml", SHARED + CLOSED, OVER_BASE),
        ("_groups/standard.yaml", SHARED + CLOSED, {"usual", "quoted"}),
        ("_groups/tiny.yaml", SHARED + CLOSED, {"small"}),
        ("_groups/new.yaml", SHARED + CLOSED, set()),
    ],
)
def test_a_changed_shared_file_affects_those_that_inherit_from_it(repository, file, content, affected):
    repository.write(file, content)
    assert repository.names() == affected


def test_a_group_that_is_laid_over_another_group(repository):
    repository.write("_groups/tiny.yaml", SHARED + "group: base\n")
    repository.commit()
    repository.write("_groups/base.yaml", SHARED + CLOSED)
    assert repository.names() == OVER_BASE | {"small"}


def test_defaults_that_are_gone_affect_everyone(repository):
    (repository.shops / "_defaults.yaml").unlink()
    assert repository.names() == EVERYONE


def test_a_missing_group_is_reported_by_those_that_name_it(repository):
    (repository.shops / "_groups/tiny.yaml").unlink()
    manifest = repository.read()
    assert manifest.broken == ("small",)
    assert [finding.code for finding in manifest.findings] == [codes.UNKNOWN_GROUP]


def test_a_fault_in_a_group_that_changed_is_reported_once(repository):
    repository.write("_groups/base.yaml", SHARED + "storfront: {}\n")
    assert [finding.code for finding in repository.read().findings] == [codes.UNKNOWN_KEY]


def test_a_shop_that_is_gone_is_not_read_and_nothing_is_wrong(repository):
    (repository.shops / "alone.yaml").unlink()
    manifest = repository.read()
    assert (manifest.shops, manifest.findings) == ((), ())


def test_a_shop_that_moved_is_read_where_it_is(repository):
    repository.git("mv", "shops/alone.yaml", "shops/deeper/alone.yaml")
    assert repository.names() == {"alone"}


def test_a_shop_that_was_renamed_is_read_under_its_new_name(repository):
    repository.git("mv", "shops/alone.yaml", "shops/moved.yaml")
    repository.write("moved.yaml", SHOP.format(shop="moved"))
    assert repository.names() == {"moved"}


def test_a_second_file_of_a_shop_is_found_though_the_first_did_not_change(repository):
    repository.write("deeper/alone.yaml", SHOP.format(shop="alone"))
    manifest = repository.read()
    assert [finding.code for finding in manifest.findings] == [codes.TWO_FILES] * 2


def test_errors_of_unchanged_files_are_omitted(repository):
    repository.write("alone.yaml", "shop: [\n")
    repository.commit()
    repository.write("usual.yaml", FLEET["usual.yaml"] + CLOSED)
    manifest = repository.read()
    assert [shop.shop for shop in manifest.shops] == ["usual"]
    assert manifest.findings == ()


def test_a_link_to_a_file_that_changed(repository):
    repository.write("_kept/linked.txt", SHOP.format(shop="linked"))
    (repository.shops / "linked.yaml").symlink_to("_kept/linked.txt")
    repository.commit()
    repository.write("_kept/linked.txt", SHOP.format(shop="linked") + CLOSED)
    assert repository.names() == {"linked"}


def test_a_repository_within_this_one_counts_as_changed(repository):
    repository.write("theirs/inner.yaml", SHOP.format(shop="inner"))
    subprocess.run(["git", "init", "--quiet", str(repository.shops / "theirs")], check=True)
    assert repository.names() == {"inner"}


def test_names_that_git_would_quote(repository):
    repository.write("京都/alone.yaml", SHOP.format(shop="alone") + CLOSED)
    (repository.shops / "alone.yaml").unlink()
    repository.commit()
    repository.write("京都/alone.yaml", SHOP.format(shop="alone") + OPEN)
    assert repository.names() == {"alone"}


def test_together_with_patterns_both_must_hold(repository):
    for name in ("alone", "based"):
        repository.write(f"{name}.yaml", FLEET[f"{name}.yaml"] + CLOSED)
    manifest = repository.read(globs=("al*", "u*"))
    assert ([shop.shop for shop in manifest.shops], manifest.unchanged) == (["alone"], 1)
    assert repository.read(group="base").unchanged == 0  # which group the others are in was not read


@pytest.mark.parametrize("revision", ["nowhere", "", "main..main", "--all", "main\n", "-"])
def test_what_is_no_revision_is_refused_by_name(repository, revision):
    with pytest.raises(SetupError) as refused:
        repository.read(revision)
    assert refused.value.code is codes.NO_REVISION
    assert repr(revision) in str(refused.value)


def test_a_shallow_clone_says_so(repository, tmp_path):
    repository.write("alone.yaml", SHOP.format(shop="alone") + CLOSED)
    repository.commit()
    subprocess.run(
        ["git", "clone", "--quiet", "--depth=1", repository.root.as_uri(), str(tmp_path / "clone")], check=True
    )
    shops = tmp_path / "clone" / "shops"
    with pytest.raises(SetupError) as refused:
        GitRevisions(shops).changed_since("HEAD~1")
    assert "--unshallow" in str(refused.value.hint)
    assert GitRevisions(shops).changed_since("HEAD") == frozenset()


def test_outside_of_a_repository(tmp_path):
    with pytest.raises(SetupError, match="is in no Git repository") as refused:
        GitRevisions(tmp_path).changed_since("HEAD")
    assert "fatal" not in str(refused.value.text)
    assert "in a clone of the repository" in str(refused.value.hint)


def test_without_git(repository, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SetupError, match="no program `git`"):
        repository.read()


def test_without_a_folder_git_is_not_asked(tmp_path):
    assert GitRevisions(tmp_path / "nothing").changed_since("HEAD") == frozenset()
