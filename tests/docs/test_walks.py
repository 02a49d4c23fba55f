"""The walks through the screens, each of which a test in Chromium takes."""

import re
from pathlib import Path

BROWSER = Path(__file__).parents[1] / "browser"
WALKS = 15


def test_every_walk_is_taken_by_a_test_of_its_number() -> None:
    text = "\n".join(file.read_text() for file in BROWSER.glob("test_*.py"))
    taken = {int(number) for number in re.findall(r"^def test_w(\d\d)_", text, re.MULTILINE)}
    assert taken == set(range(1, WALKS + 1))
