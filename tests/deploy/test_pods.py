"""Containers of pods, executed: how they get the manifests, and the watcher with the volumes of its pod."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.deploy.repository import Repository, mounted, open_to_all, script_of
from tests.deploy.services import Site
from tests.deploy.shipped import DEPLOY, KUBERNETES, pods
from tests.deploy.stand_in import StandIn

pytestmark = pytest.mark.deploy

CLONING = [pytest.param(pod, id=place) for place, pod in pods() if "initContainers" in pod]
CLONE = "/srv/reconciler/git/fleet"
MANIFEST = (DEPLOY / "compose" / "shops" / "kyoto-tea.yaml").read_text("utf-8")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "origin", MANIFEST)


@pytest.mark.parametrize("pod", CLONING)
def test_an_init_container_clones_and_may_run_again(
    image: StandIn, repository: Repository, tmp_path: Path, pod
) -> None:
    (container,) = pod["initContainers"]
    mounts = mounted(repository, tmp_path / "volume")

    for _ in range(2):
        done = image.run(*script_of(container), mounts=mounts)
        assert done.returncode == 0, done.stderr

    assert image.run("git", "-C", CLONE, "rev-parse", "HEAD", mounts=mounts).stdout.strip() == repository.head()


def test_the_companion_of_the_console_follows_the_branch(
    image: StandIn, repository: Repository, tmp_path: Path
) -> None:
    (pod,) = [pod for _, pod in pods() if any(each["name"] == "pull" for each in pod["containers"])]
    (clone,), (pull,) = pod["initContainers"], [each for each in pod["containers"] if each["name"] == "pull"]
    mounts = mounted(repository, tmp_path / "volume")
    image.run(*script_of(clone), mounts=mounts)
    repository.commit(MANIFEST.replace("amazon-pay@", "pay@"))

    done = image.run(*script_of(pull), mounts=mounts)

    assert done.returncode == 0, done.stderr
    assert image.run("git", "-C", CLONE, "rev-parse", "HEAD", mounts=mounts).stdout.strip() == repository.head()


def test_the_watcher_of_a_pod_pulls_and_checks(site: Site, repository: Repository, tmp_path: Path) -> None:
    """With the settings of the manifests, but for the addresses, and volumes as a pod gets them. Only one process watches."""
    (pod,) = [pod for place, pod in pods() if place.endswith("reconciler-watch")]
    (clone,), (watch,) = pod["initContainers"], pod["containers"]
    mounts = volumes(site, repository, tmp_path)
    assert site.image.run(*script_of(clone), mounts=mounts).returncode == 0
    words, variables = ["reconciler", *watch["args"], "--once"], variables_of(watch, site)
    site.stop("watch")

    first = site.run_with(words, variables, mounts)
    repository.commit(MANIFEST.replace("amazon-pay@", "pay@"))
    done = site.run_with(words, variables, mounts)

    site.start("watch")
    assert first.returncode == 0, first.stdout + first.stderr
    assert done.returncode == 2, done.stdout + done.stderr
    assert "With drift     1" in done.stdout
    assert site.image.run("git", "-C", CLONE, "rev-parse", "HEAD", mounts=mounts).stdout.strip() == repository.head()


def volumes(site: Site, repository: Repository, folder: Path) -> str:
    settings = folder / "reconciler.yaml"
    text = (KUBERNETES / "base" / "reconciler.yaml").read_text("utf-8")
    text = text.replace("https://admin.platform.example/", "http://127.0.0.1:8765/")
    settings.write_text(
        text.replace("postgres.example", "postgres").replace("_inbox", "").replace("production", "sandbox")
    )
    open_to_all(folder)
    return "\n".join((
        mounted(repository, folder / "volume"),
        f"mount --bind {shlex.quote(str(site.folder / 'hosts'))} $tree/etc/hosts",
        "touch $tree/srv/reconciler/reconciler.yaml",
        f"mount --bind {settings} $tree/srv/reconciler/reconciler.yaml",
        "mount -t tmpfs -o gid=10001,mode=2777 tmpfs $tree/srv/reconciler/.reconciler",
    ))  # fmt: skip


def variables_of(container, site: Site) -> dict[str, str]:
    """Literal values, and those of the Secret from the secrets of the site."""
    secret = {
        "RECONCILER_BACKEND_SECRET": site.secret("backend-secret"),
        "RECONCILER_PLAN_KEY": "0123456789abcdef",
        "RECONCILER_CONSOLE_TOKEN": site.secret("console-token"),
        "PGPASSWORD": site.secret("database-password"),
    }
    return {each["name"]: each["value"] if "value" in each else secret[each["name"]] for each in container["env"]}
