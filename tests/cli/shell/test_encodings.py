"""Output in an ASCII locale, and output to a closed pipe."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import command, environment

pytestmark = pytest.mark.system

ASCII = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}


def written(*words: str) -> bytes:
    return subprocess.run(
        command(*words), env=environment(**ASCII), capture_output=True, check=False, timeout=60
    ).stdout


@pytest.mark.parametrize(
    "words", [("plan", "-o", "markdown", "--lang", "ja"), ("show", "kyoto-tea", "-o", "markdown")], ids=" ".join
)
def test_markdown_is_utf8(words: tuple[str, ...], fleet: Path) -> None:
    text = written(*words).decode()
    assert "連携サービス" in text or "利用設定" in text
    assert "??" not in text


@pytest.mark.parametrize("words", [("plan",), ("show", "kyoto-tea")], ids=" ".join)
def test_json_is_utf8(words: tuple[str, ...], fleet: Path) -> None:
    data = written(*words, "-o", "json")
    assert json.loads(data.decode())
    assert b"??" not in data


@pytest.mark.parametrize("name", ["shop", "settings", "plan"])
def test_a_schema_is_utf8(name: str) -> None:
    data = written("schema", name)
    assert json.loads(data.decode())
    assert b"??" not in data


def test_a_text_shows_escapes(fleet: Path) -> None:
    text = written("plan", "--lang", "ja").decode("ascii")
    assert "\\u5229\\u7528\\u8a2d\\u5b9a" in text  # 利用設定
    assert "??" not in text


@pytest.mark.parametrize(
    ("words", "closed"),
    [
        ("plan", ">&-"),
        ("plan", "2>&-"),
        ("validate", ">&- 2>&-"),
        ("validate -o json", ">&-"),
        ("validate -o markdown", ">&-"),
        ("validate -o json", "2>&-"),
    ],
)
def test_a_closed_stream(words: str, closed: str, fleet: Path) -> None:
    tool = command(*words.split())
    ended = subprocess.run(
        ["sh", "-c", f'"$0" "$@" {closed}', *tool], env=environment(), capture_output=True, text=True, check=False
    )
    assert ended.returncode == (3 if words.startswith("plan") else 0)
    assert "rror" not in ended.stderr
