"""Which language is used, and that it is reset afterwards."""

from __future__ import annotations

import gettext
import os

import pytest

from reconciler.cli.shell.locale import choose_language, use_language


@pytest.mark.parametrize(
    ("words", "environment", "expected"),
    [
        ([], {}, "en"),
        ([], {"LANG": "ja_JP.UTF-8"}, "ja"),
        ([], {"LANG": "ja"}, "ja"),
        ([], {"LANG": "ja_JP@x"}, "ja"),
        ([], {"LANG": "de_DE.UTF-8"}, "en"),
        ([], {"LC_MESSAGES": "ja_JP.UTF-8", "LANG": "en_US.UTF-8"}, "ja"),
        ([], {"LC_ALL": "C", "LC_MESSAGES": "ja_JP.UTF-8", "LANG": "ja_JP.UTF-8"}, "en"),
        ([], {"LC_ALL": "", "LANG": "ja_JP.UTF-8"}, "ja"),
        ([], {"LANG": "C.UTF-8", "LANGUAGE": "ja"}, "en"),
        ([], {"LANG": "en_US.UTF-8", "LANGUAGE": "de:ja"}, "ja"),
        ([], {"LANG": "ja_JP.UTF-8", "LANGUAGE": "en:ja"}, "en"),
        ([], {"RECONCILER_LANG": "ja", "LANG": "en_US.UTF-8"}, "ja"),
        ([], {"RECONCILER_LANG": "tlh", "LANG": "ja_JP.UTF-8"}, "ja"),
        (["plan", "--lang", "en"], {"RECONCILER_LANG": "ja"}, "en"),
        (["--lang=ja", "plan"], {}, "ja"),
        (["plan", "--lang", "en", "--lang", "ja"], {}, "ja"),
        (["plan", "--lang"], {"LANG": "ja_JP.UTF-8"}, "ja"),
        (["plan", "--", "--lang", "ja"], {}, "en"),
    ],
)
def test_which(words: list[str], environment: dict[str, str], expected: str) -> None:
    assert choose_language(words, environment) == expected


@pytest.mark.parametrize("before", [None, "de"])
def test_gettext_is_put_back(before: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LANGUAGE", raising=False)
    if before:
        monkeypatch.setenv("LANGUAGE", before)
    with use_language("ja"):
        assert gettext.gettext("Usage:") == "使い方:"
    assert os.environ.get("LANGUAGE") == before
    assert gettext.textdomain() == "messages"
    assert gettext.gettext("Usage:") == "Usage:"
