"""The lines of the Dockerfile, executed, and what came of them: see `stand_in.py` for what that shows and what not."""

from __future__ import annotations

import json

import pytest

from reconciler import __version__
from tests.deploy.shipped import DEPLOY, units
from tests.deploy.stand_in import StandIn

pytestmark = pytest.mark.deploy

SETTINGS = f"""
touch $tree/srv/reconciler/reconciler.yaml
mkdir -p $tree/srv/reconciler/shops $tree/run/secrets
mount --bind {DEPLOY}/compose/reconciler.yaml $tree/srv/reconciler/reconciler.yaml
mount -t tmpfs -o uid=10001,mode=700 tmpfs $tree/srv/reconciler/.reconciler
mount --bind {DEPLOY}/compose/shops $tree/srv/reconciler/shops
"""


def test_the_entrypoint_is_this_version(image: StandIn) -> None:
    done = image.run(*image.image.entrypoint, "--version")

    assert (done.returncode, done.stdout) == (0, f"reconciler {__version__}\n"), done.stderr


def test_without_arguments_it_prints_the_help(image: StandIn) -> None:
    done = image.run(*image.image.entrypoint, *image.image.command)

    assert (done.returncode, done.stdout.split("\n")[0]) == (0, "Usage: reconciler [OPTIONS] COMMAND [ARGS]..."), (
        done.stderr
    )


def test_the_healthcheck_passes(image: StandIn) -> None:
    done = image.run(*image.image.healthcheck)

    assert done.returncode == 0, done.stderr


def test_the_doctor_works_in_a_read_only_tree_and_can_write_its_state(image: StandIn) -> None:
    done = image.run(*image.image.entrypoint, "doctor", "-o", "json", mounts=SETTINGS)

    checks = {row["check"]: row["status"] for row in json.loads(done.stdout)["rows"]}
    assert checks["reconciler.yaml is valid"] == "ok"
    assert checks[".reconciler is writable"] == "ok"
    assert checks["Not true: shops is writable"] == "problem"


def test_the_user_is_a_number_without_privileges_and_owns_only_the_state(image: StandIn) -> None:
    identity = image.run("id", "-u").stdout.strip()
    owned = image.run("find", "/opt", "/srv", "/tmp", "/run", "-user", "10001").stdout.split()
    open_to_all = image.run("find", "/opt", "/srv", "/tmp", "/run", "-type", "d", "-perm", "-0002").stdout.split()

    assert identity == "10001"
    assert sorted(owned) == ["/srv/reconciler", "/srv/reconciler/.reconciler", "/srv/reconciler/git"]
    assert open_to_all == ["/tmp"]


def test_git_is_there_for_the_repository_of_manifests(image: StandIn) -> None:
    assert image.run("git", "--version").stdout.startswith("git version ")


def test_nothing_that_only_the_build_needs_is_left(image: StandIn) -> None:
    found = image.run(
        "sh", "-c", "ls -A /opt /src /wheels /root/.cache /var/lib/apt/lists; ls /opt/reconciler/bin | grep ^pip"
    )

    assert found.stdout.split() == ["/opt:", "reconciler", "/var/lib/apt/lists:"]


def test_the_package_is_whole(image: StandIn) -> None:
    """Its catalogues, and the pages that the units name as their documentation."""
    pages = {
        value.removeprefix("file://") for found in units().values() for key, value in found if key == "Documentation"
    }

    assert "使い方" in image.run("reconciler", "--help", "--lang", "ja").stdout
    assert image.run("ls", *pages).returncode == 0
