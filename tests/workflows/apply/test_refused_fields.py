"""A refusal that names a field which the plan does not write points at the line that declares it."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.cascade import SELLER_FIELD
from reconciler.ports import RefusedField, Rejected, WriteRequest
from reconciler.workflows.apply.from_manifests import ApplyRequest, apply_manifests
from tests.support.example_fleet import TOKEN
from tests.support.session_harness import SHOPS, open_caller, rewrite, write_fleet


def refuse_the_seller(_write: WriteRequest) -> None:
    refusal = Rejected(msg("revoked"), reason="AMAZON_API_ERROR", happened=False)
    refusal.refused_fields = (RefusedField(name="sellerId", words=msg("revoked"), ref=SELLER_FIELD),)
    raise refusal


def test_the_line_of_the_field_that_the_backend_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)
    folder, shop = write_fleet(tmp_path / "fleet"), SHOPS[0]
    open_caller(folder).run(apply_manifests, ApplyRequest())
    rewrite(folder, shop, "amazon-pay@", "another@")
    result = open_caller(folder, before_write=refuse_the_seller).run(apply_manifests, ApplyRequest())
    (finding,) = [each for each in result.all_diagnostics if each.code is codes.API_VALUES_REFUSED]
    lines = (folder / "shops" / f"{shop}.yaml").read_text().splitlines()
    assert finding.subject == "amazon.api.seller_id"
    assert finding.origin is not None
    assert lines[finding.origin.line - 1].strip().startswith("seller_id:")
