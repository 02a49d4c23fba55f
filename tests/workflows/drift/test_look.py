"""Recording a drift check, where the store fails or other looks are at work."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.label import DriftLabel
from reconciler.core.values import ShopKey
from reconciler.ports import SetupError
from reconciler.workflows.drift.detect import DriftRequest, detect_drift
from reconciler.workflows.drift.stored_authors import StoredAuthors
from tests.support.session_harness import Caller, merchant_edits, open_caller, write_fleet


class FullStores:
    """Implements ports.FindingStores on a disk without room."""

    @contextmanager
    def open(self, *, create: bool) -> Iterator[None]:
        raise SetupError(msg("the disk is full"))
        yield

    def ephemeral_place(self) -> None:
        return None


@pytest.fixture
def caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Caller:
    monkeypatch.setenv("FLEET_TOKEN", "amzn.mws.4ea38b7b-f563-7709-4bae-87aea1b2c3d4")
    return open_caller(write_fleet(tmp_path / "fleet"))


def test_a_check_that_cannot_be_recorded_reports_all_the_same(caller: Caller) -> None:
    plain = caller.run(detect_drift, DriftRequest())
    full = replace(caller, session=replace(caller.session, findings=FullStores()))
    result = full.run(detect_drift, DriftRequest())
    assert result.drift.shops == plain.drift.shops
    (warning,) = [each for each in result.all_diagnostics if each.code.number == "F102"]
    assert str(warning.summary) == "This check was not recorded: the disk is full"


@pytest.mark.parametrize("request_", [DriftRequest(new=True), DriftRequest(older_than=60)])
def test_what_depends_on_the_store_fails_with_it(caller: Caller, request_: DriftRequest) -> None:
    full = replace(caller, session=replace(caller.session, findings=FullStores()))
    with pytest.raises(SetupError, match="the disk is full"):
        full.run(detect_drift, request_)


def test_a_result_that_was_not_shown_is_new_again(caller: Caller) -> None:
    """A job that was killed before it printed has not read anything."""
    from reconciler.workflows.drift.look import confirm_read  # noqa: PLC0415

    confirm_read(caller.session, caller.run(detect_drift, DriftRequest(new=True)))
    merchant_edits(caller.folder, "kyoto-tea", notificationEmail="merchant@kyoto-tea.example")
    first = caller.run(detect_drift, DriftRequest(new=True))
    second = caller.run(detect_drift, DriftRequest(new=True))
    assert first.drift.shops == second.drift.shops
    assert first.drift.differs
    confirm_read(caller.session, second)
    assert caller.run(detect_drift, DriftRequest(new=True)).silent


def test_an_author_that_a_look_read_is_known_while_the_value_is_the_same(caller: Caller) -> None:
    caller.run(detect_drift, DriftRequest(new=True))
    merchant_edits(caller.folder, "kyoto-tea", notificationEmail="merchant@kyoto-tea.example")
    drift = caller.run(detect_drift, DriftRequest()).drift
    (shop,) = [each for each in drift.shops if each.shop == "kyoto-tea"]
    (entry,) = [each for each in shop.entries if each.ref.field == "notification_email"]
    session = caller.session
    with session.findings.open(create=False) as store:
        known = StoredAuthors(store, session.target.fleet_name, session.digest_key())
        author = known.author_of(shop.shop, entry)
        assert (author.actor, author.at) == (entry.changed.actor, entry.changed.at)
        assert known.author_of(shop.shop, replace(entry, observed="other@kyoto-tea.example")) is None
        assert known.author_of(shop.shop, replace(entry, label=DriftLabel.PENDING)) is None
        assert known.author_of(ShopKey("nara-books"), entry) is None
