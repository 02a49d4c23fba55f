"""Policy: the rules of a field, stated on the field."""

from dataclasses import dataclass

import pytest

from reconciler.core.model.kinds import AMAZON_SETTINGS
from reconciler.core.model.policy import FindingSeverity, Owner, kind_spec, managed


def test_a_field_without_a_policy_is_refused_by_name():
    @dataclass(frozen=True)
    class Careless:
        declared: bool = managed("x", title="x", declared="x", severity=FindingSeverity.LOW)
        forgotten: bool = False

    with pytest.raises(TypeError, match=r"Careless\.forgotten has no policy"):
        kind_spec(Careless, name="careless", label="x", title="x", screen="x")


def test_fields_are_found_by_owner_and_by_name():
    assert [spec.name for spec in AMAZON_SETTINGS.managed_fields(Owner.DERIVED)] == ["buttons_visible"]
    assert AMAZON_SETTINGS.field("enabled").policy.while_closed
    assert AMAZON_SETTINGS.field("mws_auth_token").policy.secret
