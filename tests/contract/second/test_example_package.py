"""The example package, installed beside the tool as its pyproject.toml says, is found by `backend.kind`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.system

EXAMPLE = Path(__file__).parents[3] / "examples" / "backend_package"
NEW_SHOP = {"open": True, "revision": 1, "use": False, "seller": None, "client": None, "token": None, "mail": None}
NEW_SHOP |= {"pre_order": False, "subscription": False, "texts": {}, "endpoint": False}
MANIFEST = """\
apiVersion: reconciler/v1
shop: kyoto-tea
amazon:
  enabled: true
  api:
    seller_id: A1EXAMPLE234567
    client_id: amzn1.application-oa2-client.0123456789abcdef0123456789abcdef
    mws_auth_token: ref+env://TOKEN
  notification: {email: pay@kyoto-tea.example}
  messages: {order_area: {label: Amazon Pay}}
payment: {amazon_pay: {pre_order: true}}
seller_central: {ipn_endpoint: registered}
maintenance: {close_shop: allow}
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """What an installer writes: the packages, and the metadata with the entry points."""
    site = tmp_path / "site"
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text("utf-8"))
    for package in project["tool"]["setuptools"]["packages"]:
        shutil.copytree(EXAMPLE / package, site / package, ignore=shutil.ignore_patterns("__pycache__"))
    name, version = project["project"]["name"], project["project"]["version"]
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    groups = project["project"]["entry-points"]
    lines = [
        f"[{group}]\n" + "".join(f"{name} = {at}\n" for name, at in points.items()) for group, points in groups.items()
    ]
    (info / "entry_points.txt").write_text("\n".join(lines))
    return site


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    fleet = tmp_path / "fleet"
    (fleet / "platform").mkdir(parents=True)
    (fleet / "shops").mkdir()
    (fleet / "platform" / "kyoto-tea.json").write_text(json.dumps(NEW_SHOP))
    (fleet / "shops" / "kyoto-tea.yaml").write_text(MANIFEST)
    (fleet / "reconciler.yaml").write_text("backend: {kind: shop-folder, url: https://platform.example/}\n")
    return fleet


def run(fleet: Path, site: Path | None, *words: str) -> subprocess.CompletedProcess[str]:
    own = {"TOKEN": "amzn.mws.01234567-89ab-cdef-0123-456789abcdef", "NO_COLOR": "1", "LANG": "C.UTF-8"}
    own |= {} if site is None else {"PYTHONPATH": str(site)}
    command = [sys.executable, "-m", "reconciler", *words]
    return subprocess.run(
        command, cwd=fleet, env=os.environ | own, capture_output=True, text=True, check=False, timeout=120
    )


def test_a_shop_of_its_platform_is_applied_and_its_drift_is_found(fleet: Path, site: Path) -> None:
    applied = run(fleet, site, "apply", "--auto-approve")
    assert applied.returncode == 0, applied.stdout + applied.stderr
    held = json.loads((fleet / "platform" / "kyoto-tea.json").read_text())
    assert (held["use"], held["open"], held["pre_order"], held["endpoint"]) == (True, True, True, True)
    assert "amzn.mws" not in json.dumps(held), "it keeps the seal of the token alone"
    assert run(fleet, site, "plan", "--detailed-exitcode").returncode == 0

    (fleet / "platform" / "kyoto-tea.json").write_text(json.dumps(held | {"mail": "hanako@kyoto-tea.example"}))
    drift = run(fleet, site, "drift")
    assert drift.returncode == 2, drift.stdout + drift.stderr
    assert "hanako@kyoto-tea.example" in drift.stdout


def test_without_the_package_the_kind_is_unknown(fleet: Path) -> None:
    done = run(fleet, None, "plan")

    assert done.returncode == 1
    assert "No installed package has a backend of kind shop-folder; there are: embedded, http" in done.stderr
    assert "reconciler.yaml:1:" in done.stderr


def test_a_package_that_cannot_be_imported_is_named(fleet: Path, site: Path) -> None:
    (site / "shop_folder" / "__init__.py").write_text("import no_such_library\n")

    done = run(fleet, site, "plan")

    assert done.returncode == 1
    assert "ModuleNotFoundError: No module named 'no_such_library'" in done.stderr
    assert "Check shop_folder:open_backend" in done.stderr


def test_two_packages_of_one_kind_are_named(fleet: Path, site: Path) -> None:
    other = site / "other-1.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1\n")
    (other / "entry_points.txt").write_text("[reconciler.backends]\nshop-folder = other:opened\n")

    done = run(fleet, site, "plan")

    assert done.returncode == 1
    assert "Several packages have a backend of kind shop-folder" in done.stderr
    assert "other:opened" in done.stderr


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_kind_that_the_package_leaves_out_is_unknown_and_named(fleet: Path, site: Path, language: str) -> None:
    module = site / "shop_folder" / "backend.py"
    text = module.read_text("utf-8")
    whole = "yield Observed(shop=shop, reads=_reads(shop, held))"
    assert whole in text
    parts = "{kind: read for kind, read in _reads(shop, held).items() if kind != 'ipn_endpoint'}"
    module.write_text(text.replace(whole, f"yield Observed(shop=shop, reads={parts})"), "utf-8")

    planned = run(fleet, site, "plan", "--lang", language)

    said = planned.stdout + planned.stderr
    assert planned.returncode == 1, said
    assert "Internal error" not in said
    assert "kyoto-tea" in said
    assert ("returned nothing about" if language == "en" else "何も返しませんでした") in said
