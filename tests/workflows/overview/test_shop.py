"""The page of one shop, with the embedded backend: what is declared, live and applied, and what happened."""

from contextlib import asynccontextmanager
from dataclasses import replace

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.diagnostics.messages import msg
from reconciler.core.overview.shop_rows import ShopState
from reconciler.ports import SetupError
from reconciler.wiring.console.read_only_stores import ReadOnlyOverviews, ReadOnlyStore
from reconciler.wiring.console.sources import read_only_session
from reconciler.wiring.session import load_settings
from reconciler.workflows.apply.from_manifests import ApplyRequest, apply_manifests
from reconciler.workflows.drift.detect import DriftRequest, detect_drift
from reconciler.workflows.overview.shop import ShopRequest, shop_overview
from tests.support.session_harness import merchant_edits, open_caller, rewrite, write_fleet

TOKEN = "amzn.mws.4ea38b7b-f563-7709-4bae-87aea1b2c3d4"
EMAIL = "amazon.notification.email"


class Page:
    """Its session is that of the console."""

    def __init__(self, folder, store: str | None = None) -> None:
        if store is not None:
            settings = folder / "reconciler.yaml"
            settings.write_text(settings.read_text() + f"store: '{store}'\n")
        settings = load_settings(folder / "reconciler.yaml")
        self.folder, self.caller, self.reading = folder, open_caller(folder), ReadOnlyStore(settings)
        self.session, self.stores = read_only_session(settings, self.reading), ReadOnlyOverviews(self.reading)

    def of(self, shop: str, patience: float = 20.0):
        async def show():
            return await shop_overview(self.session, self.stores, ShopRequest(shop=shop, patience=patience))

        return anyio.run(show)


@pytest.fixture
def page(tmp_path, monkeypatch, place):
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)
    made = Page(write_fleet(tmp_path / "fleet"), place)
    yield made
    made.reading.close()


def fields_of(seen):
    return {each.field: each for each in seen.fields}


def test_a_drifted_field_with_its_three_values_and_who_wrote_each(page):
    applied = page.caller.run(apply_manifests, ApplyRequest())
    merchant_edits(page.folder, "kyoto-tea", notificationEmail="merchant@kyoto-tea.example")
    page.caller.run(detect_drift, DriftRequest())
    seen = page.of("kyoto-tea")
    email = fields_of(seen)[EMAIL]
    assert (email.desired, email.live, email.applied) == (
        '"amazon-pay@kyoto-tea.example"',
        '"merchant@kyoto-tea.example"',
        '"amazon-pay@kyoto-tea.example"',
    )
    assert (email.state.key, email.differs, email.run) == ("drifted", True, applied.written_as.run)
    assert (email.file.endswith("shops/kyoto-tea.yaml"), email.line) == (True, 11)
    assert (str(email.changed_by), str(email.applied_by)) == ("merchant (merchant)", seen.runs[0].run.actor)
    (finding,) = seen.findings
    assert (finding.id, finding.field, finding.actor, finding.command) == (
        email.finding,
        EMAIL,
        "merchant",
        "reconciler apply kyoto-tea",
    )
    assert [each.field for each in seen.fields if each.differs] == [EMAIL]
    assert (seen.row.state, seen.row.findings, seen.declared) == (ShopState.DRIFTED, 1, True)
    assert (seen.live.reasons, len(seen.closures), seen.lease) == ((), 1, None)
    assert [run.run.run for run in seen.runs] == [applied.written_as.run]
    assert len(seen.runs[0].steps) == 6


def test_a_backend_that_does_not_answer_leaves_only_the_live_values_unknown(page):
    page.caller.run(apply_manifests, ApplyRequest())

    class Silent:
        requests = ()

        async def observe(self, shops):
            await anyio.sleep_forever()
            yield

    @asynccontextmanager
    async def observing(listen):
        yield Silent()

    page.session = replace(page.session, observing=observing)
    seen = page.of("kyoto-tea", patience=0.05)
    (reason,) = seen.live.reasons
    assert str(reason.summary) == "no answer within 0 s"
    email = fields_of(seen)[EMAIL]
    assert (email.desired, email.live, email.state.key, email.differs) == (email.applied, None, "unread", False)


def test_a_backend_that_cannot_be_used_is_a_reason_as_well(page):
    page.caller.run(apply_manifests, ApplyRequest())

    @asynccontextmanager
    async def observing(listen):
        raise SetupError(msg("There is no secret for the backend"))
        yield

    page.session = replace(page.session, observing=observing)
    seen = page.of("kyoto-tea")
    assert [str(each.summary) for each in seen.live.reasons] == ["There is no secret for the backend"]
    assert fields_of(seen)[EMAIL].applied == '"amazon-pay@kyoto-tea.example"'


def test_a_shop_that_was_never_looked_at_shows_what_it_declares(page):
    seen = page.of("uji-cups")
    assert (seen.row.state, seen.row.compared, seen.declared) == (ShopState.NEW, None, True)
    assert fields_of(seen)["amazon.enabled"].desired == "true"
    assert seen.runs == seen.findings == ()


def test_a_shop_that_nobody_knows_is_none(page):
    assert page.of("osaka-knives") is None
    assert page.of("../reconciler") is None


def test_a_shop_whose_manifest_is_gone_is_still_shown(page):
    page.caller.run(apply_manifests, ApplyRequest())
    page.caller.run(detect_drift, DriftRequest())
    (page.folder / "shops" / "uji-cups.yaml").unlink()
    page.caller.run(detect_drift, DriftRequest())
    seen = page.of("uji-cups")
    assert (seen.declared, seen.file) == (False, None)
    assert (len(seen.runs), fields_of(seen)[EMAIL].desired) == (1, None)
    assert fields_of(seen)[EMAIL].live == '"amazon-pay@uji-cups.example"'


def test_an_invalid_manifest_is_named_with_its_problems(page):
    page.caller.run(apply_manifests, ApplyRequest())
    rewrite(page.folder, "uji-cups", "enabled: true", "enabld: true")
    seen = page.of("uji-cups")
    assert (seen.declared, [each.code.number for each in seen.problems]) == (True, ["M101"])
    assert seen.runs


@given(token=st.uuids().map(lambda each: f"amzn.mws.{each}"))
def test_no_secret_is_on_a_page(tmp_path_factory, token):
    """Neither one that a manifest refers to, nor one that the backend or the store has a digest of."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLEET_TOKEN", token)
        page = Page(write_fleet(tmp_path_factory.mktemp("secret") / "fleet"))
        page.caller.run(apply_manifests, ApplyRequest())
        merchant_edits(page.folder, "kyoto-tea", mwsAuthToken=token[:-1] + ("0" if token[-1] != "0" else "1"))
        page.caller.run(detect_drift, DriftRequest())
        seen = page.of("kyoto-tea")
        page.reading.close()
    field = fields_of(seen)["amazon.api.mws_auth_token"]
    assert (field.desired, field.applied) == ("ref+env://FLEET_TOKEN", "ref+env://FLEET_TOKEN")
    assert field.differs
    shown = repr(seen)
    assert token not in shown
    assert token[:-1] not in shown
    assert "digest" not in shown
