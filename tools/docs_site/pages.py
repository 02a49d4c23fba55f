"""Which pages the site has, where each is in the project, and in which languages.

In: the project's folder. Out: pages, by the name that the site gives them. No page is read here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

OF_THE_ROOT = {
    "README.md": "project/readme",
    "ARCHITECTURE.md": "project/architecture",
    "CONTRIBUTING.md": "project/contributing",
    "SECURITY.md": "project/security",
    "CHANGELOG.md": "project/changelog",
}
JAPANESE_OF_THE_ROOT = {"README.md": "README.ja.md"}
INDEXES = {"docs/decisions/README.md": "decisions/index"}

ENGLISH_ONLY_FOLDERS = ("docs/decisions/",)
ENGLISH_ONLY = {
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/development.md",
    "docs/embedded.md",
    "docs/model-check.md",
}
"""For people who change the code, which is in English (docs/development.md has the rule). All other pages have a mirror."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page: its name in the site, and its files, as paths within the project."""

    name: str
    english: str
    japanese: str | None

    @property
    def is_index(self) -> bool:
        return PurePosixPath(self.name).name == "index"


def pages(root: Path) -> dict[str, Page]:
    """Each page by its name, in the order of names."""
    found = (_page(root, path) for path in _english_files(root))
    return {page.name: page for page in sorted(found, key=lambda page: page.name)}


def without_a_mirror(root: Path) -> list[str]:
    """The pages that have to be there in Japanese too, and are not."""
    missing = (page.english for page in pages(root).values() if page.japanese is None)
    return sorted(path for path in missing if not may_be_english_only(path))


def may_be_english_only(path: str) -> bool:
    return path in ENGLISH_ONLY or path.startswith(ENGLISH_ONLY_FOLDERS)


def name_of(path: str) -> str:
    """The name in the site of a file in either language."""
    english = {japanese: english for english, japanese in JAPANESE_OF_THE_ROOT.items()}.get(path, path)
    inside = english.removeprefix("docs/").removeprefix("ja/").removesuffix(".md")
    return OF_THE_ROOT.get(english) or INDEXES.get(english) or inside


def _english_files(root: Path) -> Iterator[str]:
    yield from (name for name in OF_THE_ROOT if (root / name).exists())
    for path in sorted((root / "docs").glob("**/*.md")):
        relative = path.relative_to(root).as_posix()
        if not relative.startswith("docs/ja/"):
            yield relative


def _page(root: Path, english: str) -> Page:
    japanese = JAPANESE_OF_THE_ROOT.get(english, f"docs/ja/{english.removeprefix('docs/')}")
    there = not may_be_english_only(english) and (root / japanese).exists()
    return Page(name=name_of(english), english=english, japanese=japanese if there else None)
