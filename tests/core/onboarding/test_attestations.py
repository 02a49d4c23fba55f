"""Whether an attestation still holds, and what is said of one that does not."""

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Severity
from reconciler.core.onboarding.attestations import (
    END_ITEMS,
    START_ITEMS,
    Attestation,
    AttestationState,
    AttestedItem,
    expiry_notes,
    item_label,
)
from reconciler.core.values import Origin, ShopKey

PLACE = Origin("shops/_attestations/kyoto-tea.yaml", 4, 3)


def attestation(expires=None) -> Attestation:
    return Attestation(
        shop=ShopKey("kyoto-tea"),
        item=AttestedItem.PRIVACY_URL,
        by="Hanako",
        on="2026-11-01",
        expires=expires,
        origin=PLACE,
    )


@pytest.mark.parametrize(
    ("expires", "state"),
    [
        (None, AttestationState.VALID),
        ("2026-12-30", AttestationState.VALID),
        ("2026-12-29", AttestationState.EXPIRES_SOON),
        ("2026-11-29", AttestationState.EXPIRES_SOON),
        ("2026-11-28", AttestationState.EXPIRED),
    ],
)
def test_the_state_follows_the_last_day(expires, state):
    assert attestation(expires).state("2026-11-29", "2026-12-29") is state


def test_an_expired_entry_is_noted_at_its_place_and_blocks_nothing():
    (note,) = expiry_notes([attestation(), attestation("2026-11-29"), attestation("2026-11-28")], "2026-11-29")
    assert (note.code, note.origin, note.shop) == (codes.ATTESTATION_EXPIRED, PLACE, "kyoto-tea")
    assert note.severity is Severity.NOTE
    assert not note.blocking


def test_each_item_belongs_to_a_start_or_an_end_and_has_a_label():
    assert set(START_ITEMS) | set(END_ITEMS) == set(AttestedItem)
    assert len({str(item_label(item)) for item in AttestedItem}) == len(AttestedItem)
