"""How many blocks of the site are run: at least nine in ten. The others say why they are not."""

from tests.docs.commands.blocks import KINDS, blocks
from tests.docs.commands.site import PAGES, name

BLOCKS = [block for page in PAGES for block in blocks(page)]
NOT_RUN = [block for block in BLOCKS if block.not_run]


def test_each_block_that_is_not_run_has_a_reason_of_a_known_kind() -> None:
    parts = {f"{name(block.page)}:{block.line}": block.not_run.partition(": ") for block in NOT_RUN}

    assert {
        place: kind for place, (kind, _, reason) in parts.items() if kind not in KINDS or len(reason.split()) < 2
    } == {}


def test_at_most_one_block_in_ten_is_not_run() -> None:
    assert len(BLOCKS) >= 70
    assert len(NOT_RUN) * 10 <= len(BLOCKS), [f"{name(block.page)}:{block.line}" for block in NOT_RUN]
