"""What the files of `deploy/` name exists: commands, options, variables, settings, files, ports, and this version.

Whether a file has the shape that its reader demands is checked by `make check-deploy`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from click.testing import CliRunner

from reconciler import __version__
from reconciler.adapters.settings.settings import Settings, read_settings
from reconciler.cli.app import app
from tests.deploy.shipped import (
    COMPOSE,
    DEPLOY,
    KUBERNETES,
    ROOT,
    UNITS,
    Started,
    compose,
    manifests,
    own_services,
    pods,
    started,
    units,
)
from tools.reference.commands import root_context

FOREIGN = re.compile(r"^(PGPASSFILE|PGPASSWORD|HOME|PATH|LANG|PYTHON[A-Z]+|GIT_[A-Z0-9_]+|POSTGRES_[A-Z_]+)$")

each_start = pytest.mark.parametrize("start", started(), ids=lambda start: start.place)
each_pod = pytest.mark.parametrize("pod", [pod for _, pod in pods()], ids=[place for place, _ in pods()])
each_service = pytest.mark.parametrize("service", list(own_services().values()), ids=list(own_services()))


def known_variables() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs" / "variables.md").read_text("utf-8"), re.MULTILINE))


def options_of(words: tuple[str, ...]) -> dict[str, Any]:
    """The options of that command, with what a start without further words gives them."""
    context: click.Context = root_context()
    command: click.Command = app
    rest = list(words)
    while isinstance(command, click.Group):
        found = command.get_command(context, rest.pop(0))
        assert found is not None
        context, command = click.Context(found, parent=context, info_name=found.name), found
    return {name: option.default for option in command.params for name in option.opts}


@each_start
def test_each_command_is_understood(start: Started) -> None:
    result = CliRunner().invoke(app, [*start.words, "--help"], prog_name="reconciler")

    assert result.exit_code == 0, result.output


@each_start
def test_each_variable_exists(start: Started) -> None:
    unknown = {name for name in start.variables if not FOREIGN.match(name)} - known_variables()

    assert unknown <= named_in_settings()


def named_in_settings() -> set[str]:
    """Variables of secrets that a settings file refers to."""
    texts = [path.read_text("utf-8") for path in DEPLOY.rglob("reconciler.yaml")]
    return set(re.findall(r"ref\+env://(\w+)", "".join(texts)))


@each_start
def test_each_probe_asks_a_port_on_which_the_service_listens(start: Started) -> None:
    ports = {value for name, value in options_of(start.words).items() if name.endswith("port") and value}

    assert {port for _, port in start.probes} <= ports
    assert set(start.ports.values()) <= ports


@pytest.mark.parametrize("service", ["watch", "worker"])
def test_what_applies_gets_time_to_reopen_what_it_closed(service: str) -> None:
    longest = Settings.__dataclass_fields__["longest_closed"].default
    seconds = {
        "kubernetes": [
            pod["terminationGracePeriodSeconds"] for place, pod in pods() if place.endswith(f"reconciler-{service}")
        ],
        "compose": [int(compose()["services"][service]["stop_grace_period"].removesuffix("s"))],
        "systemd": [int(value) for key, value in units()[f"reconciler-{service}.service"] if key == "TimeoutStopSec"],
    }

    assert {name: len(found) for name, found in seconds.items()} == dict.fromkeys(seconds, 1)
    assert min(each for found in seconds.values() for each in found) >= longest + 30


@pytest.mark.parametrize("settings", sorted(DEPLOY.rglob("reconciler.yaml")), ids=str)
def test_each_settings_file_is_valid(settings: Path) -> None:
    assert isinstance(read_settings(settings), Settings)


def test_each_file_names_the_version() -> None:
    images = re.findall(r"reconciler:([\d.]+)", "".join(path.read_text("utf-8") for path in texts()))
    tags = re.findall(r"newTag: ([\d.]+)", "".join(path.read_text("utf-8") for path in texts()))

    assert {*images, *tags} == {__version__}
    assert len(tags) == len(folders()) - 1


def texts() -> list[Path]:
    return [COMPOSE, DEPLOY / "Dockerfile", *KUBERNETES.rglob("*.yaml")]


# Kubernetes


@pytest.mark.parametrize(
    "folder", sorted({path.parent.name for path in KUBERNETES.glob("*/kustomization.yaml")} - {"base"})
)
def test_a_kustomization_lists_files_that_exist(folder: str) -> None:
    listed = [KUBERNETES / folder / name for name in kustomization(folder)["resources"]]

    assert [path for path in listed if not path.exists()] == []
    assert (KUBERNETES / "base").resolve() in [path.resolve() for path in listed]


def test_each_manifest_is_in_a_kustomization_but_the_example_of_a_secret() -> None:
    listed = {KUBERNETES / folder / name for folder in folders() for name in kustomization(folder)["resources"]}

    assert {path.name for path in {path for path, _ in manifests()} - listed} == {"secret.example.yaml"}


def test_the_example_of_a_secret_holds_placeholders_only() -> None:
    (secret,) = [document for _, document in manifests() if document["kind"] == "Secret"]
    named = {
        each["valueFrom"]["secretKeyRef"]["key"]
        for _, pod in pods()
        for container in pod["containers"]
        for each in container.get("env", ())
        if "valueFrom" in each
    }

    assert set(secret["stringData"].values()) == {"REPLACE-ME"}
    assert named | {"git-credentials"} == set(secret["stringData"])


@each_pod
def test_a_pod_can_do_little(pod: dict[str, Any]) -> None:
    containers = [*pod["containers"], *pod.get("initContainers", ())]

    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["runAsUser"] == image_user()
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in containers:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert {"requests", "limits"} == set(container["resources"])


@each_pod
def test_a_pod_mounts_volumes_that_it_has_and_can_write_where_the_tool_writes(pod: dict[str, Any]) -> None:
    volumes = {volume["name"]: volume for volume in pod["volumes"]}

    for container in pod["containers"]:
        mounts = {mount["mountPath"]: volumes[mount["name"]] for mount in container["volumeMounts"]}
        assert "emptyDir" in mounts["/tmp"]
        assert "args" not in container or "emptyDir" in mounts["/srv/reconciler/.reconciler"]


def test_a_selector_finds_the_pods_of_a_deployment() -> None:
    labels = [
        document["spec"]["template"]["metadata"]["labels"]
        for _, document in manifests()
        if document["kind"] == "Deployment"
    ]
    selectors = [
        selector if document["kind"] == "Service" else selector["matchLabels"]
        for _, document in manifests()
        if document["kind"] in ("Service", "PodDisruptionBudget", "Deployment")
        for selector in [document["spec"]["selector"]]
    ]

    for selector in selectors:
        assert [found for found in labels if selector.items() <= found.items()], selector


def kustomization(folder: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((KUBERNETES / folder / "kustomization.yaml").read_text("utf-8"))
    return document


def folders() -> list[str]:
    return [path.parent.name for path in KUBERNETES.glob("*/kustomization.yaml")]


def image_user() -> int:
    found = re.search(r"^USER (\d+):", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert found is not None
    return int(found[1])


# The compose file


@each_service
def test_a_service_of_the_compose_file_can_do_little(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service


def test_only_this_machine_reaches_the_services_and_nothing_the_database() -> None:
    published = {name: service.get("ports", []) for name, service in compose()["services"].items()}

    assert published["postgres"] == []
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)


def test_what_a_service_mounts_and_reads_is_there() -> None:
    for name, service in compose()["services"].items():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert (DEPLOY / source).exists() if source.startswith(".") else source in compose()["volumes"], name
        assert set(service.get("secrets", ())) <= set(compose()["secrets"]), name
        assert set(service.get("depends_on", ())) <= set(compose()["services"]), name


# systemd


@pytest.mark.parametrize("name", [name for name in units() if name.endswith(".service")])
def test_units_are_alike_in_what_they_may_not_do(name: str) -> None:
    def restrictions(unit: str) -> list[tuple[str, str]]:
        found = units()[unit]
        return [
            each for each in found[found.index(("NoNewPrivileges", "true")) :] if each[0] not in ("UMask", "WantedBy")
        ]

    assert restrictions(name) == restrictions("reconciler-ipn.service")


def test_each_timer_starts_a_unit_that_is_there() -> None:
    assert {path.with_suffix(".service").name for path in UNITS.glob("*.timer")} <= set(units())
