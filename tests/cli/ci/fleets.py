"""A fleet in a repository of a forge, as jobs find it: manifests, settings with an embedded backend, a seed for it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from tests.support.example_fleet import MANIFEST
from tests.support.forge.remote import Remote

SETTINGS = """\
embedded:
  seed: seed.json
limits:
  fleet_share: 100%
  closed_at_once: 100000
pace:
  requests_per_second: 1000
"""


def manifest(shop: str, *, email: str = "", closing: str = "allow") -> str:
    text = MANIFEST.format(shop=shop, wave="canary", closing=closing)
    return text.replace(f"amazon-pay@{shop}.example", email) if email else text


def fleet_files(shops: Sequence[str]) -> dict[str, str]:
    seed = {"shops": [{"shopKey": shop, "entitlements": {"commerceCreator": "RUNNING"}} for shop in shops]}
    return {
        "reconciler.yaml": SETTINGS,
        "seed.json": json.dumps(seed),
        ".gitignore": ".reconciler/\n",
        **{f"shops/{shop}.yaml": manifest(shop) for shop in shops},
    }


def change_emails(remote: Remote, branch: str, shops: Sequence[str], email: str = "pay@changed.example") -> str:
    files: Mapping[str, str] = {f"shops/{shop}.yaml": manifest(shop, email=email) for shop in shops}
    return remote.commit(branch, files)
