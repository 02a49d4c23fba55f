"""What differs beside the pull request is shown as information, and decides nothing."""

from __future__ import annotations

import re

import pytest

from tests.cli.ci.conftest import FINGERPRINT, SHOPS, ForgeSite
from tests.cli.ci.fleets import SETTINGS, fleet_files, manifest
from tests.cli.ci.in_process import Done, here
from tests.support.forge.remote import git

BESIDE = re.compile(r"Also differs, not changed in this pull request, and written by an apply \(fields: (\d)\): (.*)")
UNCHANGED = (
    "kyoto-tea amazon.enabled",
    "kyoto-tea amazon.api.seller_id",
    "kyoto-tea amazon.api.client_id",
    "kyoto-tea amazon.api.mws_auth_token",
)
MORE = fleet_files((*SHOPS, *(f"shop-{number}" for number in range(9))))


def beside(text: str) -> tuple[str, ...]:
    found = BESIDE.search(text.replace("\\", ""))
    names = found[2].split(", ") if found else []
    assert found is None or int(found[1]) == len(names)
    return tuple(sorted(names))


def planned(site: ForgeSite, branch: str, files: dict[str, str | None], *words: str) -> Done:
    site.world.remote.commit(branch, files)
    return here(site.job(site.world.open_pull(branch).number), "ci", "plan", *words)


def test_only_the_value_that_the_pull_request_changes_is_its_own(site: ForgeSite) -> None:
    job = site.job()
    done = here(job, "ci", "plan")
    assert done.returncode == 0
    for text in (done.stderr, *site.comments, *([job.summary] if site.kind == "github" else [])):
        assert beside(text) == tuple(sorted(UNCHANGED))
    assert "amazon.notification.email" not in done.stderr


def test_a_new_shop_is_all_its_own(github: ForgeSite) -> None:
    done = planned(github, "new", {"shops/gifu-bowls.yaml": manifest("gifu-bowls")})
    assert beside(done.stderr) == ()


def test_a_value_that_reaches_a_shop_through_another_line_is_its_own_too(github: ForgeSite) -> None:
    """Its line is not in the difference: the shop gives up a value of its own, and that of all shops counts."""
    shared = "amazon: {notification: {email: all@shops.example}}\n"
    github.world.remote.commit("main", {"shops/_defaults.yaml": shared})
    own = re.sub(r"  notification:\n.*\n", "", manifest("uji-cups"))
    done = planned(github, "defaults", {"shops/uji-cups.yaml": own})
    assert done.returncode == 0, done.stdout
    assert beside(done.stderr) == tuple(sorted(name.replace("kyoto-tea", "uji-cups") for name in UNCHANGED))


def test_a_shop_whose_earlier_manifest_was_broken_is_all_its_own(github: ForgeSite) -> None:
    github.world.remote.commit("main", {"shops/uji-cups.yaml": "shop: [\n"})
    done = planned(github, "fixed", {"shops/uji-cups.yaml": manifest("uji-cups")})
    assert (done.returncode, beside(done.stderr)) == (0, ())


def test_the_rest_of_the_fleet_is_counted_and_changes_neither_fingerprint_nor_record(site: ForgeSite) -> None:
    found = {}
    for words in ((), ("--no-other-drift",)):
        done = here(site.job(), "ci", "plan", *words)
        counted = "differ from their manifests: 2 of 2 (matsue-clay, uji-cups). For details run `reconciler drift`"
        assert (counted in done.stderr) == (not words)
        assert ("2 of 2" in site.comments[0]) == (not words)
        found[words] = (done.returncode, FINGERPRINT.findall(done.stdout), site.world.records[-1].text)
    assert found[()] == found["--no-other-drift",]
    assert found[()][0] == 0


def test_at_most_five_shops_are_named(github: ForgeSite) -> None:
    github.world.remote.commit("main", MORE)
    done = planned(github, "one", {"shops/uji-cups.yaml": manifest("uji-cups", email="x@y.example")})
    assert "11 of 11 (kyoto-tea, matsue-clay, shop-0, shop-1, shop-2, ...)" in done.stderr


@pytest.mark.parametrize("share", [25, 24])
def test_the_guard_over_the_fleet_counts_the_shops_of_the_pull_request_only(github: ForgeSite, share: int) -> None:
    """Three shops of twelve are 25 percent; the drift of the nine others is not part of it."""
    github.world.remote.commit("main", MORE)
    files = {f"shops/{shop}.yaml": manifest(shop, email="x@y.example") for shop in SHOPS}
    settings = SETTINGS.replace("fleet_share: 100%", f"fleet_share: {share}%")
    done = planned(github, "limited", {**files, "reconciler.yaml": settings})
    assert done.returncode == (0 if share == 25 else 3), done.stdout
    assert "differ from their manifests: 9 of 9" in done.stderr


def test_a_broken_manifest_elsewhere_costs_the_information_only(site: ForgeSite) -> None:
    site.world.remote.commit("main", {"shops/uji-cups.yaml": "shop: [\n"})
    done = planned(site, "other", {"shops/kyoto-tea.yaml": manifest("kyoto-tea", email="x@y.example")})
    assert done.returncode == 0
    assert "The rest of the fleet was not compared: not all manifests are valid" in done.stderr
    assert "state=reviewable" in site.record.text


@pytest.mark.parametrize("name", ["kyoto-tea.yaml", "new.yaml"])
def test_uncommitted_manifests_are_refused_before_anything_is_sent(site: ForgeSite, name: str) -> None:
    job = site.job()
    (job.clone / "shops" / name).write_text(manifest(name.partition(".")[0], email="not@committed.example"))
    done = here(job, "ci", "plan")
    assert done.returncode == 1
    assert "error[C305]" in done.stderr
    assert site.server.requests == []
    git(job.clone, "stash", "-q", "--include-untracked")
    assert here(job, "ci", "plan").returncode == 0
