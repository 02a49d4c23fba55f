"""The how-to guides and explanations, each from an empty folder."""

from pathlib import Path

import pytest

from tests.docs.commands.site import GUIDES, LONG, name, with_blocks
from tests.docs.commands.walk import run

PAGES = with_blocks(GUIDES)
SHORT = [page for page in PAGES if name(page) not in LONG]


@pytest.mark.parametrize("page", SHORT, ids=name)
def test_each_command_does_what_the_page_says(
    page: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run([page], tmp_path / "walk", cache=tmp_path_factory.getbasetemp() / "setups")


@pytest.mark.soak
@pytest.mark.parametrize("page", [page for page in PAGES if page not in SHORT], ids=name)
def test_each_command_of_a_long_guide_does_what_the_page_says(
    page: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run([page], tmp_path / "walk", cache=tmp_path_factory.getbasetemp() / "setups")
