"""A field that drifted is known in reports by the id of its finding; the worst comes first, and what is accepted is a note."""

from __future__ import annotations

from reconciler.core.diagnostics.diagnostic import Severity
from reconciler.core.drift.drift import Drift, DriftEntry, ShopDrift
from reconciler.core.drift.label import DriftLabel
from reconciler.core.findings.sightings import SightingContext, sightings_of
from reconciler.core.model.state import FieldRef
from reconciler.core.results.drift_result import DriftResult
from reconciler.core.values import Origin, ShopKey
from reconciler.views.common.context import RenderContext
from reconciler.views.common.reports.issues import issues_of
from reconciler.views.i18n import language

MESSAGE = FieldRef("system_parts", "messages", "order_area.label")
SELLER = FieldRef("amazon_settings", "seller_id")
BUTTONS = FieldRef("amazon_settings", "buttons_visible")
CONTEXT = RenderContext(language=language("en"))


def drift(*entries: DriftEntry) -> Drift:
    shop = ShopDrift(shop=ShopKey("kyoto-tea"), origin=Origin("shops/kyoto-tea.yaml"), entries=entries)
    return Drift(shops=(shop,))


def entry(ref: FieldRef, label: DriftLabel = DriftLabel.DRIFTED, until: str | None = None) -> DriftEntry:
    return DriftEntry(
        ref=ref, desired="a", observed="b", label=label, origin=Origin("shops/kyoto-tea.yaml"), accepted_until=until
    )


def test_the_worst_field_comes_first() -> None:
    found = issues_of(DriftResult(drift=drift(entry(MESSAGE), entry(SELLER))), CONTEXT)
    assert [issue.field for issue in found] == ["amazon.api.seller_id", "amazon.messages.order_area.label"]


def test_an_accepted_difference_is_a_note() -> None:
    (issue,) = issues_of(DriftResult(drift=drift(entry(SELLER, DriftLabel.CONFLICT, "2026-12-31"))), CONTEXT)
    assert issue.severity is Severity.NOTE
    assert "accepted until 2026-12-31" in issue.text


def test_the_identity_is_that_of_the_finding() -> None:
    for label in (DriftLabel.DRIFTED, DriftLabel.DIFFERS, DriftLabel.CONFLICT, DriftLabel.NOT_FOLLOWING):
        found = drift(entry(BUTTONS if label is DriftLabel.NOT_FOLLOWING else SELLER, label))
        (seen,) = sightings_of(found, SightingContext(fleet=""))
        (issue,) = issues_of(DriftResult(drift=found), CONTEXT)
        assert issue.identity == seen.key.id
