"""The source archive does not depend on when, where and by whom it was built."""

from __future__ import annotations

import gzip
import tarfile
from pathlib import Path

import pytest

from tools.dist import normalize
from tools.dist_check import Failure, spoken


def packed(folder: Path, names: tuple[str, ...], *, mtime: float, owner: str) -> Path:
    archive = folder / f"{owner}.tar.gz"
    (folder / "text").write_text("content\n")
    with gzip.GzipFile(archive, "wb", mtime=mtime) as raw, tarfile.open(fileobj=raw, mode="w") as tar:
        for name in names:
            member = tar.gettarinfo(folder / "text", name)
            member.mtime, member.uname = mtime, owner
            with (folder / "text").open("rb") as content:
                tar.addfile(member, content)
    return archive


def test_two_archives_of_the_same_files_become_the_same_bytes(tmp_path: Path) -> None:
    one = packed(tmp_path, ("a", "b"), mtime=1.5, owner="first")
    two = packed(tmp_path, ("b", "a"), mtime=2e9, owner="second")
    assert one.read_bytes() != two.read_bytes()

    for archive in (one, two):
        normalize(archive, epoch=1_000_000_000)

    assert one.read_bytes() == two.read_bytes()
    with tarfile.open(one) as tar:
        assert [(member.name, member.mtime, member.uname) for member in tar] == [
            ("a", 1_000_000_000, ""),
            ("b", 1_000_000_000, ""),
        ]


@pytest.mark.parametrize(("text", "language"), [("Plan: nothing", "ja"), ("計画: なし", "en"), ("", "ja")])
def test_output_in_the_wrong_language_fails(text: str, language: str) -> None:
    with pytest.raises(Failure, match=f"output in {language}"):
        spoken(text, language)
