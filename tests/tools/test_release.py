"""`make release`: what it changes in a repository, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler import __version__
from tests.tools.release_repository import commit, git, python, repository

pytestmark = pytest.mark.system

NEXT = "7.0.0"
NOTES = f"\n## {NEXT}\n\nNothing.\n"
FRAGMENT = "The tool does one more thing."
UPGRADING = ("docs/upgrading.md", "docs/ja/upgrading.md")


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """A repository in which nothing was prepared for the next version."""
    folder = repository(tmp_path)
    (folder / "changes/drift").mkdir(exist_ok=True)
    (folder / "changes/drift/998-one-more-thing.added.md").write_text(f"{FRAGMENT}\n")
    commit(folder, "Do one more thing")
    return folder


def with_notes(folder: Path) -> Path:
    for name in UPGRADING:
        file = folder / name
        file.write_text(file.read_text(encoding="utf-8") + NOTES, encoding="utf-8")
    commit(folder, "Write what the upgrade asks of people")
    return folder


def fragments(folder: Path) -> list[Path]:
    return sorted((folder / "changes").rglob("*.md"))


def test_a_release_moves_the_fragments_and_sets_the_version(before: Path) -> None:
    folder = with_notes(before)
    texts = [" ".join(file.read_text(encoding="utf-8").split()) for file in fragments(folder)]
    head = git(folder, "rev-parse", "HEAD")

    released = python(folder, "-m", "tools.release", NEXT)

    assert released.returncode == 0, released.stdout + released.stderr
    assert fragments(folder) == []
    changelog = (folder / "CHANGELOG.md").read_text(encoding="utf-8")
    section = changelog[changelog.index(f"## {NEXT} (") : changelog.index(f"## {__version__} (")]
    words = " ".join(section.split())
    assert FRAGMENT in texts
    assert [text for text in texts if text not in words] == []
    assert f'__version__ = "{NEXT}"' in (folder / "reconciler/__init__.py").read_text(encoding="utf-8")
    assert git(folder, "rev-parse", "HEAD") == head, "it commits nothing"


def test_a_release_sets_the_tag_of_each_image_and_writes_the_interface(before: Path) -> None:
    folder = with_notes(before)
    assert python(folder, "-m", "tools.release", NEXT).returncode == 0
    deployed = [path for path in (folder / "deploy").rglob("*") if path.is_file()]
    texts = {path: path.read_text(encoding="utf-8") for path in deployed}
    assert [path for path, text in texts.items() if f"reconciler:{__version__}" in text] == []
    assert len([path for path, text in texts.items() if f"reconciler:{NEXT}" in text]) >= 2
    assert f'image.version="{NEXT}"' in texts[folder / "deploy/Dockerfile"]
    workflow = (folder / "examples/github-fleet/.github/workflows/reconciler.yml").read_text(encoding="utf-8")
    assert f"reconciler=={NEXT}" in workflow
    interface = json.loads((folder / f"tests/corpus/interfaces/{NEXT}.json").read_text(encoding="utf-8"))
    assert "plan" in interface["commands"]


def test_each_reason_against_a_release_is_named_and_nothing_is_changed(before: Path) -> None:
    (before / "changes/drift/12-short.added.md").write_text("Text.\n")
    (before / "changes/nowhere").mkdir()
    (before / "changes/nowhere/999-some-name.added.md").write_text("Text.\n")
    unchanged = git(before, "status", "--porcelain")

    refused = python(before, "-m", "tools.release", NEXT)

    assert refused.returncode == 1
    assert "the work tree has changes" in refused.stderr
    assert "changes/drift/12-short.added.md: expected changes/AREA/NNN-name.KIND.md" in refused.stderr
    assert "changes/nowhere/999-some-name.added.md: expected" in refused.stderr
    assert [name for name in UPGRADING if f"{name} has no section `## {NEXT}`" not in refused.stderr] == []
    assert git(before, "status", "--porcelain") == unchanged


@pytest.mark.parametrize(("version", "reason"), [(__version__, "was released"), ("0.0.9", "is lower than")])
def test_a_version_that_is_not_higher_is_refused(version: str, reason: str, before: Path) -> None:
    refused = python(before, "-m", "tools.release", version)
    assert refused.returncode == 1
    assert f"{version} {reason}" in refused.stderr
    assert git(before, "status", "--porcelain") == ""


def test_the_next_changelog_is_printed_and_nothing_is_changed(before: Path) -> None:
    printed = python(before, "-m", "tools.release", "--changelog")
    assert printed.returncode == 0, printed.stderr
    assert FRAGMENT in printed.stdout
    assert git(before, "status", "--porcelain") == ""


@pytest.mark.parametrize("words", [[], ["1.2"], ["v1.2.3"], ["1.2.3", "4.5.6"]])
def test_other_words_print_the_usage(words: list[str], before: Path) -> None:
    refused = python(before, "-m", "tools.release", *words)
    assert refused.returncode == 1
    assert "python -m tools.release 0.2.0" in refused.stderr
