"""Each page of the site is in one list, has its mirror, and leads where it says: checked on what Sphinx reads."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tools.docs_site.markdown import anchors, with_links
from tools.docs_site.pages import pages, without_a_mirror
from tools.docs_site.sources import children, write_sources

ROOT = Path(__file__).parents[3]
KNOWN = pages(ROOT)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site")
    write_sources(ROOT, target)
    return target


def links_of(text: str) -> list[str]:
    found: list[str] = []

    def collected(shown: str, target: str) -> tuple[str, str]:
        found.append(target)
        return shown, target

    with_links(text, collected)
    return found


def test_each_page_is_in_exactly_one_list() -> None:
    listed = Counter(name for page in KNOWN.values() if page.is_index for name in children(ROOT, page))

    missing = sorted(page.english for name, page in KNOWN.items() if name != "index" and listed[name] == 0)
    assert missing == [], (
        "add a line to docs/howto/index.md, docs/reference/index.md or another list, and to its mirror"
    )
    assert [name for name, count in listed.items() if count > 1] == []


def test_each_page_for_users_has_a_japanese_mirror() -> None:
    assert without_a_mirror(ROOT) == []


def test_each_japanese_page_has_an_english_one() -> None:
    mirrors = {page.japanese for page in KNOWN.values()}
    japanese = (path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "ja").glob("**/*.md"))

    assert [path for path in japanese if path not in mirrors] == []


@pytest.mark.parametrize("language", ["en", "ja"])
def test_each_link_leads_to_a_page_and_a_heading(sources: Path, language: str) -> None:
    broken = []
    english = {path.relative_to(sources / "en").as_posix(): path for path in (sources / "en").glob("**/*.md")}
    heads = {name: anchors(path.read_text(encoding="utf-8")) for name, path in english.items()}
    for path in sorted((sources / language).glob("**/*.md")):
        name = path.relative_to(sources / language).as_posix()
        if name.startswith("files/"):
            continue
        for target in links_of(path.read_text(encoding="utf-8")):
            if ":" in target:
                continue
            file, _, anchor = target.partition("#")
            found = posixpath.normpath(posixpath.join(posixpath.dirname(name), file)) if file else name
            if not (sources / "en" / found).exists() or (anchor and anchor not in heads[found]):
                broken.append((name, target))

    assert broken == []


def test_links_to_outside_are_well_formed() -> None:
    outside = {
        target
        for page in KNOWN.values()
        for path in filter(None, (page.english, page.japanese))
        for target in links_of((ROOT / path).read_text(encoding="utf-8"))
        if ":" in target
    }

    assert len(outside) > 3
    for target in outside:
        address = urlsplit(target)
        assert address.scheme == "https", target
        assert address.hostname is not None, target
        assert re.fullmatch(r"[a-z0-9.-]+\.[a-z]{2,}", address.hostname), target


def test_the_line_of_languages_is_left_to_the_switch(sources: Path) -> None:
    written = [path for path in sources.glob("*/**/*.md") if "files" not in path.parts]

    assert [path for path in written if "[日本語](" in path.read_text(encoding="utf-8")] == []
