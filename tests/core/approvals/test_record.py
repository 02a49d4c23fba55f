"""The record of a plan: one line, exact, short enough for every forge."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.approvals.record import PlanRecord, read_plan_record

DIGEST = st.binary(min_size=32, max_size=32).map(lambda digest: f"sha256:{digest.hex()}")
COMMIT = st.binary(min_size=20, max_size=20).map(bytes.hex) | st.binary(min_size=32, max_size=32).map(bytes.hex)
RECORDS = st.builds(PlanRecord, fingerprint=DIGEST, shops=st.integers(0, 999_999_999), base=COMMIT)
LINE = PlanRecord(fingerprint="sha256:" + "a" * 64, shops=3, base="b" * 40).text


@given(RECORDS)
def test_a_record_is_read_back_from_its_line(record):
    assert read_plan_record(record.text) == record
    assert len(record.text) <= 220
    assert record.text.isprintable()


@pytest.mark.parametrize(
    "line",
    [
        "",
        LINE.upper(),
        f"{LINE} ",
        f" {LINE}",
        f"{LINE}\n",
        LINE.replace("plan 1", "plan 2"),
        LINE.replace("shops=3", "shops=03"),
        LINE.replace("shops=3", "shops=-1"),
        LINE.replace("base=", "head="),
        LINE[:-1],
        LINE.replace("sha256:a", "sha256:"),
    ],
)
def test_every_other_line_is_no_record(line):
    assert read_plan_record(line) is None
