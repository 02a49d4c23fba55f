"""The how-to guides and explanations, each from an empty folder."""

from pathlib import Path

import pytest

from tests.docs.commands.site import GUIDES, name, with_blocks
from tests.docs.commands.walk import run


@pytest.mark.parametrize("page", with_blocks(GUIDES), ids=name)
def test_each_command_does_what_the_page_says(
    page: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run([page], tmp_path / "walk", cache=tmp_path_factory.getbasetemp() / "setups")
