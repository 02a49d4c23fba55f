"""The search of the site finds every page, after a build that writes only some of them too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.docs_site.sphinx_runs import index_is_complete


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    for name in ("index.md", "howto/index.md", "files/LICENSE.md"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("# A page\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("docnames", "complete"), [('["howto/index", "index"]', True), ('["index"]', False)], ids=["all", "some"]
)
def test_an_index_with_every_page_is_complete(sources: Path, docnames: str, *, complete: bool) -> None:
    index = f'Search.setIndex({{"docnames": {docnames}}})'
    (sources.parent / "searchindex.js").write_text(index, encoding="utf-8")

    assert index_is_complete(sources.parent, sources) is complete


def test_without_an_index_every_page_is_written(sources: Path) -> None:
    assert index_is_complete(sources.parent, sources) is False
