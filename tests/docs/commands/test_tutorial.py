"""The tutorial, from the first page to the last, in both languages."""

from pathlib import Path

import pytest

from tests.docs.commands.site import FIRST_HALF, JAPANESE_TUTORIAL, TUTORIAL, name
from tests.docs.commands.walk import run

LANGUAGES = {"en": TUTORIAL, "ja": JAPANESE_TUTORIAL}


def test_both_languages_have_the_same_pages() -> None:
    assert [page.name for page in JAPANESE_TUTORIAL] == [page.name for page in TUTORIAL]
    assert len(TUTORIAL) >= 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_command_does_what_the_page_says(language: str, tmp_path: Path) -> None:
    run(LANGUAGES[language], tmp_path / "walk", language=language)


def test_the_first_half_needs_no_source_tree() -> None:
    for page in FIRST_HALF:
        blocks = page.read_text(encoding="utf-8").split("```sh\n")[1:]

        assert [block for block in blocks if "make " in block.partition("```")[0]] == [], name(page)
