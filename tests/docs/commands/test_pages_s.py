"""The pages of docs/ from S to Z, and the README,
each from an empty folder. The alphabet is split so that parallel workers share it."""

from pathlib import Path

import pytest

from tests.docs.commands.site import first_letters, name
from tests.docs.commands.walk import run


@pytest.mark.parametrize("page", first_letters("stuvwxyz"), ids=name)
def test_each_command_does_what_the_page_says(
    page: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run([page], tmp_path / "walk", cache=tmp_path_factory.getbasetemp() / "setups")
