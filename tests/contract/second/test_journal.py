"""What the second backend has answered is on disk, and what it was writing when it ended never happened."""

from __future__ import annotations

from pathlib import Path

from tests.contract.world import WORLD
from tests.second_backend.serving import second_backend


def test_it_goes_on_with_what_it_had_and_a_torn_line_never_happened(tmp_path: Path) -> None:
    file = tmp_path / "world.jsonl"
    first = second_backend(file, WORLD)
    first.world.merchant_edits("live-shop", {"notificationEmail": "new@live-shop.example"})
    before = first.world.integration("live-shop")
    first.state.journal.close()
    whole = file.read_bytes()
    file.write_bytes(whole + b'[["shops", "live-shop", {"shop')

    again = second_backend(file, WORLD)

    assert again.world.integration("live-shop") == before
    assert [change["field"] for change in again.world.changes("live-shop")] == ["notificationEmail"]
    again.world.merchant_edits("live-shop", {"notificationEmail": "later@live-shop.example"})
    again.state.journal.close()
    assert file.read_bytes().startswith(whole)
    third = second_backend(file, WORLD)
    assert len(third.world.changes("live-shop")) == 2
    third.state.journal.close()
