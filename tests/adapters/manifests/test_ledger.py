"""The ledger of accepted drift: what is written is read back, and an edit leaves everything else as it is."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.manifests.ledger import LedgerFile
from reconciler.core.findings.acceptance import Acceptance
from tests.support.manual_clock import HandClock

CLOCK = HandClock(datetime(2026, 11, 29, 3, 0, tzinfo=UTC))
MAIL, ORDER = "amazon.notification.email", "payment.amazon_pay.pre_order"


def acceptance(shop="kyoto-tea", field=MAIL, value="a@b.example", **words) -> Acceptance:
    usual = {"until": "2026-12-31", "owner": "@example/payments", "reason": "campaign: mail #1"}
    return Acceptance(shop=shop, field=field, value=value, **usual | words)


@pytest.fixture
def ledger(tmp_path):
    return LedgerFile(tmp_path / "accepted-drift.yaml", "accepted-drift.yaml", CLOCK)


def write(ledger: LedgerFile, *entries: Acceptance) -> None:
    for each in entries:
        change = ledger.change(each)
        assert change.path == ledger.path
        ledger.path.write_bytes(change.after)


def content(ledger: LedgerFile) -> list[tuple]:
    read = ledger.read()
    assert read.diagnostics == ()
    return [(a.shop, a.field, a.value, a.until, a.owner, a.reason) for a in read.acceptances]


def as_written(a: Acceptance) -> tuple:
    return a.shop, a.field, a.value, a.until, a.owner, a.reason


def test_no_file_is_an_empty_ledger(ledger):
    assert content(ledger) == []


def test_entries_are_added_and_replaced(ledger):
    first, second = acceptance(), acceptance(field=ORDER, value=False)
    write(ledger, first, second)
    assert content(ledger) == [as_written(first), as_written(second)]
    changed = acceptance(value=None, reason="again")
    write(ledger, changed)
    assert content(ledger) == [as_written(changed), as_written(second)]


def test_comments_and_the_style_of_others_stay(ledger):
    ledger.path.write_text(
        "# ours\napiVersion: reconciler/v1\naccepted:\n"
        "# about kyoto\n- {shop: kyoto-tea, field: amazon.notification.email, value: x@y.example,\n"
        '   until: "2026-12-01", owner: tanaka, reason: why}\n\n'
        "# about uji\n- shop: uji-cups # beside\n  field: payment.amazon_pay.pre_order\n  value: true\n"
        '  until: "2026-12-01"\n  owner: tanaka\n  reason: why\n# end\n'
    )
    write(ledger, acceptance())
    text = ledger.path.read_text()
    for comment in ("# ours", "# about kyoto", "# about uji", "# beside", "# end"):
        assert comment in text
    assert "x@y.example" not in text
    assert [entry[0] for entry in content(ledger)] == ["kyoto-tea", "uji-cups"]
    write(ledger, acceptance("nara-ink"))
    assert [entry[0] for entry in content(ledger)] == ["kyoto-tea", "uji-cups", "nara-ink"]


def test_an_empty_list_is_filled(ledger):
    ledger.path.write_text("apiVersion: reconciler/v1\naccepted: []  # none yet\n")
    write(ledger, acceptance())
    assert len(content(ledger)) == 1


def test_a_field_is_known_by_its_canonical_name(ledger):
    write(ledger, acceptance())
    text = ledger.path.read_text().replace(MAIL, "amazon_settings.notification_email")
    ledger.path.write_text(text)
    assert [entry[1] for entry in content(ledger)] == [MAIL]
    write(ledger, acceptance(value="other"))
    assert len(content(ledger)) == 1


def test_one_field_twice_is_refused_at_the_second(ledger):
    write(ledger, acceptance())
    lines = ledger.path.read_text().splitlines(keepends=True)
    ledger.path.write_text("".join([*lines, *lines[4:]]))
    (found,) = ledger.read().diagnostics
    assert found.code.number == "F103"
    assert found.origin is not None
    assert found.origin.line == 11


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Co", "Cn", "Zl", "Zp")), min_size=1, max_size=60
)


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.booleans(), texts, texts), max_size=6))
def test_what_is_written_is_read_back(tmp_path_factory, given_entries):
    folder: Path = tmp_path_factory.mktemp("ledger")
    ledger = LedgerFile(folder / "accepted-drift.yaml", "accepted-drift.yaml", CLOCK)
    expected: dict[tuple[str, str], tuple] = {}
    for shop, switch, owner, reason in given_entries:
        entry = acceptance(shop, ORDER if switch else MAIL, True if switch else reason, owner=owner, reason=reason)
        write(ledger, entry)
        expected[entry.shop, entry.field] = as_written(entry)
    assert sorted(content(ledger), key=str) == sorted(expected.values(), key=str)
