"""Pages that show what the tool prints, run in Japanese: it prints what their Japanese pages show."""

from pathlib import Path

import pytest

from tests.docs.commands.blocks import in_language
from tests.docs.commands.site import GUIDES, LONG, OTHERS, is_run, name, with_blocks
from tests.docs.commands.walk import run


def shows_output(page: Path) -> bool:
    shown = [block for block in in_language(page, "ja") if is_run(block)]
    return any(block.output or any(command.output for command in block.commands) for block in shown)


PAGES = [page for page in with_blocks([*GUIDES, *OTHERS]) if name(page) not in LONG and shows_output(page)]


def test_there_are_such_pages() -> None:
    assert len(PAGES) > 5


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_the_tool_prints_what_the_japanese_page_shows(
    page: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run([page], tmp_path / "walk", language="ja", cache=tmp_path_factory.getbasetemp() / "setups")
