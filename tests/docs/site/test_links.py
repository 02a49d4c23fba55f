"""Links of built pages: each leads to a file, and to a section that it has."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.docs_site.links import broken_links

PAGE = '<h1 id="start">Start</h1><img src="picture.png"><a href="{link}">there</a>'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "en" / "guide").mkdir(parents=True)
    (tmp_path / "en" / "picture.png").write_bytes(b"")
    (tmp_path / "en" / "guide" / "index.html").write_text('<h2 id="次へ">Next</h2>', encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "link",
    [
        "#start",
        "guide/index.html",
        "guide/",
        "guide/index.html#%E6%AC%A1%E3%81%B8",
        "https://example.com/nowhere",
        "mailto:someone@example.com",
    ],
)
def test_a_link_that_leads_somewhere(site: Path, link: str) -> None:
    (site / "en" / "page.html").write_text(PAGE.format(link=link), encoding="utf-8")
    assert broken_links(site) == []


@pytest.mark.parametrize(
    ("link", "missing"),
    [
        ("#end", "section"),
        ("guide/index.html#start", "section"),
        ("guides/index.html", "file"),
        ("../ja/page.html", "file"),
        ("empty/", "file"),
    ],
)
def test_a_link_that_leads_nowhere(site: Path, link: str, missing: str) -> None:
    (site / "en" / "empty").mkdir()
    (site / "en" / "page.html").write_text(PAGE.format(link=link), encoding="utf-8")
    assert broken_links(site) == [f"en/page.html: {link}: no such {missing}"]


def test_a_picture_that_is_not_there(site: Path) -> None:
    (site / "en" / "picture.png").unlink()
    (site / "en" / "page.html").write_text(PAGE.format(link="#start"), encoding="utf-8")
    assert broken_links(site) == ["en/page.html: picture.png: no such file"]
