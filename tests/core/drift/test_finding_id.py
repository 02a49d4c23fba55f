"""The identity of a finding."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.drift.finding_id import field_place, finding_id
from reconciler.core.model.state import FieldRef

PARTS = st.tuples(st.text(), st.text(), st.text(), st.text())


def test_published_ids_never_change():
    """Forges and stores know findings by them: another id closes an alert and opens a new one."""
    assert finding_id("production-shops", "kyoto-tea", "amazon.enabled", "drifted") == "7169a8bbffa98cf6"
    assert finding_id("production-shops", "shops/kyoto-tea.yaml", "", "M011") == "e64b5996d8323696"


@given(PARTS, PARTS)
def test_two_findings_have_two_ids(one, other):
    assert re.fullmatch("[0-9a-f]{16}", finding_id(*one))
    assert (finding_id(*one) == finding_id(*other)) == (one == other)


def test_a_field_is_named_as_manifests_name_it():
    assert field_place(FieldRef("amazon_settings", "enabled")) == "amazon.enabled"
