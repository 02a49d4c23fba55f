"""Each example fleet is planned and applied by the tool, with a backend on loopback that has its shops."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reconciler.embedded import EmbeddedConfig, World, create_app
from tests.contract.conftest import served
from tests.examples.example_fleets import EXAMPLES, each_fleet, fleet, ran

pytestmark = pytest.mark.system

SEED = json.loads((EXAMPLES / "single-host/world.json").read_text(encoding="utf-8"))
VARIABLES = {
    "RECONCILER_BACKEND_SECRET": "practice",
    "KOBE_COFFEE_MWS_AUTH_TOKEN": "amzn.mws.00000000-0000-0000-0000-000000000001",
    "KYOTO_TEA_MWS_AUTH_TOKEN": "amzn.mws.00000000-0000-0000-0000-000000000002",
}
AT_ANY_HOUR = ("--allow", "outside-window")
"""The live shops may be closed only at night."""


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[str]:
    """The URL of a backend with the shops of the examples, before anything is applied."""
    application = create_app(EmbeddedConfig(database=tmp_path / "world.db", seed=SEED))
    World.of(application).ensure_client("reconciler", VARIABLES["RECONCILER_BACKEND_SECRET"])
    with served(application) as url:
        yield url


@pytest.fixture
def copied(tmp_path: Path, backend: str) -> Callable[[str], Path]:
    return lambda name: fleet(name, tmp_path, backend)


@each_fleet
def test_the_plan_turns_two_shops_on_and_gives_the_third_its_address(name: str, copied: Callable[[str], Path]) -> None:
    planned = ran(copied(name), "plan", *AT_ANY_HOUR, **VARIABLES)
    assert planned.returncode == 0, planned.stdout + planned.stderr
    *_, last = planned.stdout.splitlines()
    assert last == "Plan: 11 to add, 2 to change in 3 shops; 8 derived; 2 shops closed for about 3 s each."
    assert 'not set) → "amazon-pay@sapporo-dairy.example"' in planned.stdout
    assert planned.stdout.count("Use Amazon                      false → true") == 2
    assert not [value for value in VARIABLES.values() if value in planned.stdout + planned.stderr]


def test_the_plan_in_japanese_is_complete(copied: Callable[[str], Path]) -> None:
    planned = ran(copied("kubernetes"), "plan", *AT_ANY_HOUR, "--lang", "ja", **VARIABLES)
    assert planned.returncode == 0, planned.stdout + planned.stderr
    *_, last = planned.stdout.splitlines()
    assert "3 店舗" in last
    assert planned.stdout.count("閉店") >= 2


def test_after_an_apply_the_fleet_has_nothing_to_change(copied: Callable[[str], Path]) -> None:
    folder = copied("github-fleet")
    applied = ran(folder, "apply", "--auto-approve", *AT_ANY_HOUR, **VARIABLES)
    assert applied.returncode == 0, applied.stdout + applied.stderr
    assert "Report: 3 applied." in applied.stdout
    planned = ran(folder, "plan", "--detailed-exitcode", **VARIABLES)
    assert planned.returncode == 0, planned.stdout + planned.stderr


def test_the_attestation_of_the_example_is_listed(copied: Callable[[str], Path]) -> None:
    listed = ran(copied("single-host"), "attest", "--list", "-o", "json", **VARIABLES)
    assert listed.returncode == 0, listed.stderr
    (row,) = json.loads(listed.stdout)["rows"]
    assert (row["shop"], row["state"]) == ("kyoto-tea", "valid")


def test_a_wrong_attestation_in_the_example_is_refused_at_its_line(copied: Callable[[str], Path]) -> None:
    folder = copied("single-host")
    file = folder / "shops/_attestations/kyoto-tea.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("privacy-url", "privacy-page"), encoding="utf-8")
    checked = ran(folder, "validate", **VARIABLES)
    assert checked.returncode == 1
    assert "shops/_attestations/kyoto-tea.yaml:6" in checked.stdout + checked.stderr


def test_the_reviewed_plan_is_applied(copied: Callable[[str], Path]) -> None:
    reviewed = ("apply", "sapporo-dairy", "--expect-leaves", "reviewed/leaves.txt", "--auto-approve")
    applied = ran(copied("single-host"), *reviewed, **VARIABLES)
    assert applied.returncode == 0, applied.stdout + applied.stderr
    assert "applied  sapporo-dairy" in applied.stdout


def test_another_plan_than_the_reviewed_one_is_refused(copied: Callable[[str], Path]) -> None:
    folder = copied("single-host")
    file = folder / "shops/sapporo-dairy.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("amazon-pay@", "shop@"), encoding="utf-8")
    reviewed = ("apply", "sapporo-dairy", "--expect-leaves", "reviewed/leaves.txt", "--auto-approve")
    refused = ran(folder, *reviewed, **VARIABLES)
    assert refused.returncode == 3, refused.stdout + refused.stderr
    assert "refused[A120]" in refused.stdout
