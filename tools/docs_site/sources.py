"""The folder that Sphinx reads: each page under its name in the site, with links that hold there, and the lists of pages.

In: the pages of the project. Out: one folder per language, in which both languages have the same names and anchors. A file that
did not change is not written again, so that Sphinx reads only what did.
"""

from __future__ import annotations

import os
import posixpath
import shutil
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tools.docs_site import markdown
from tools.docs_site.pages import Page, name_of, pages

PICTURES = {".png", ".svg"}


@dataclass(slots=True, kw_only=True)
class SourceTree:
    """The pages of one language, being put together."""

    root: Path
    target: Path
    language: str
    known: dict[str, Page]
    files: set[str] = field(default_factory=set)
    """Files of the project that pages link to: the site offers them for download."""

    def write(self) -> None:
        kept = set()
        for page in self.known.values():
            path = page.english if self.language == "en" else page.japanese
            if path is not None:
                self._write(f"{page.name}.md", self._text(page, path))
                kept.add(f"{page.name}.md")
        for file in sorted(self.files):
            copied = self.target / _place(file)
            copied.parent.mkdir(parents=True, exist_ok=True)
            if not copied.exists() or copied.read_bytes() != (self.root / file).read_bytes():
                shutil.copyfile(self.root / file, copied)
        for old in self.target.glob("**/*.md"):
            if old.relative_to(self.target).as_posix() not in kept | {_place(file) for file in self.files}:
                old.unlink()

    def _write(self, name: str, text: str) -> None:
        path = self.target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")

    def _text(self, page: Page, path: str) -> str:
        text = markdown.without_language_line((self.root / path).read_text(encoding="utf-8"))
        text = markdown.with_links(text, lambda shown, target: self._named(page, path, shown, target))
        return text + self._list_of_pages(page) if page.is_index else text

    def _named(self, page: Page, path: str, shown: str, target: str) -> tuple[str, str | None]:
        """A link whose text is the name of the file shows the title of the page."""
        link = self._link(page, path, target)
        if PurePosixPath(target).name == PurePosixPath(shown).name and shown.endswith(".md"):
            other = (self.root / path).parent / target
            shown = next(iter(markdown.headings(other.read_text(encoding="utf-8"))), shown)
        return shown, link

    def _link(self, page: Page, path: str, target: str) -> str | None:
        if ":" in target or target.startswith("#"):
            return self._anchored(path, target)
        file, _, anchor = target.partition("#")
        found = posixpath.normpath(posixpath.join(posixpath.dirname(path), file))
        here = PurePosixPath(page.name).parent
        other = self.known.get(name_of(found)) if found.endswith(".md") else None
        if other is not None:
            return f"{_relative(other.name, here)}.md{self._anchor(other, found, anchor)}"
        if not (self.root / found).is_file():
            return None  # a folder: the site has no place for it
        self.files.add(found)
        return _relative(_place(found), here)

    def _anchored(self, path: str, target: str) -> str:
        if not target.startswith("#"):
            return target
        return self._anchor(self.known[name_of(path)], path, target.removeprefix("#")) or target

    def _anchor(self, page: Page, path: str, anchor: str) -> str:
        """The anchor of the English page: a translated page keeps those."""
        if not anchor or path == page.english:
            return anchor and f"#{anchor}"
        own = markdown.anchors((self.root / path).read_text(encoding="utf-8"))
        english = markdown.anchors((self.root / page.english).read_text(encoding="utf-8"))
        return f"#{dict(zip(own, english, strict=False)).get(anchor, anchor)}"

    def _list_of_pages(self, page: Page) -> str:
        here = PurePosixPath(page.name).parent
        names = [_relative(name, here) for name in children(self.root, page)]
        return "".join(("\n```{toctree}\n:hidden:\n\n", *(f"{name}\n" for name in names), "```\n")) if names else ""


def children(root: Path, index: Page) -> list[str]:
    """The pages that an index lists, in its order, then the others of its folder in the order of their names."""
    text = (root / index.english).read_text(encoding="utf-8")
    folder = posixpath.dirname(index.english)
    linked = (posixpath.normpath(posixpath.join(folder, target)) for target in markdown.listed(text))
    known = pages(root)
    listed = [name_of(path) for path in linked if path.endswith(".md") and name_of(path) in known]
    prefix = index.name.removesuffix("index")
    beside = [name for name in known if prefix and name.startswith(prefix) and name != index.name]
    return list(dict.fromkeys((*listed, *beside)))


def write_sources(root: Path, target: Path) -> None:
    """Both folders, `en` and `ja`, in `target`."""
    known = pages(root)
    files: set[str] = set()
    for language in ("ja", "en"):  # the English folder has the files of both: translations link to them
        SourceTree(root=root, target=target / language, language=language, known=known, files=files).write()


def _place(file: str) -> str:
    """Where a file of the project is in the site's folder. Pictures stay where they are in docs/."""
    inside = file.removeprefix("docs/")
    return inside if PurePosixPath(file).suffix in PICTURES else f"files/{file}"


def _relative(name: str, folder: PurePosixPath) -> str:
    return Path(os.path.relpath(name, folder)).as_posix()
