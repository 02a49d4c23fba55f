"""The files of `deploy/`, read: which commands of reconciler they start, with which variables, and where they probe.

In: the files. Out: `Started`, one for each container, service or unit.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[2]
DEPLOY: Final = ROOT / "deploy"
COMPOSE: Final = DEPLOY / "compose.yaml"
KUBERNETES: Final = DEPLOY / "kubernetes"
UNITS: Final = DEPLOY / "systemd"
PROBES: Final = ("startupProbe", "livenessProbe", "readinessProbe")


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """`words` are the command line behind `reconciler`. `probes`: path and port number; `ports`: by name."""

    place: str
    words: tuple[str, ...]
    variables: frozenset[str]
    probes: frozenset[tuple[str, int]] = frozenset()
    ports: Mapping[str, int]

    @property
    def service(self) -> str:
        """`serve ipn`, `drift`: the words before the first option."""
        return " ".join(word for word in self.words[:2] if not word.startswith("-"))


def started() -> list[Started]:
    return [*of_compose(), *of_kubernetes(), *of_systemd()]


@cache
def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    return document


def own_services() -> dict[str, dict[str, Any]]:
    """Those that run reconciler."""
    return {name: each for name, each in compose()["services"].items() if each["image"].startswith("reconciler:")}


def of_compose() -> Iterator[Started]:
    for name, service in own_services().items():
        address = re.search(r"http://127\.0\.0\.1:(\d+)(/[^']*)'", " ".join(service["healthcheck"]["test"]))
        assert address is not None, f"{name}: no address in its healthcheck"
        yield Started(
            place=f"compose.yaml: {name}",
            words=tuple(service["command"]),
            variables=frozenset(service.get("environment", ())),
            probes=frozenset({(address[2], int(address[1]))}),
            ports={},
        )


def manifests() -> Iterator[tuple[Path, dict[str, Any]]]:
    """Each object for Kubernetes, with its file."""
    for path in sorted(KUBERNETES.glob("*/*.yaml")):
        if path.name not in ("kustomization.yaml", "reconciler.yaml"):
            for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
                yield path, document


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """The specification of each pod, with the name of its object."""
    for path, document in manifests():
        spec = document.get("spec", {})
        template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
        if template is not None:
            yield f"{path.relative_to(DEPLOY)}: {document['metadata']['name']}", template["spec"]


def of_kubernetes() -> Iterator[Started]:
    for place, pod in pods():
        for container in pod["containers"]:
            if "args" in container:
                ports = {port["name"]: port["containerPort"] for port in container.get("ports", ())}
                asked = [container[probe]["httpGet"] for probe in PROBES if probe in container]
                yield Started(
                    place=place,
                    words=tuple(container["args"]),
                    variables=frozenset(each["name"] for each in container.get("env", ())),
                    probes=frozenset((each["path"], ports[each["port"]]) for each in asked),
                    ports=ports,
                )


def units() -> dict[str, list[tuple[str, str]]]:
    """The settings of each unit, in the order of the file; one that is repeated is there as often."""
    return {path.name: list(_settings(path)) for path in sorted(UNITS.glob("*.[st]*")) if path.suffix != ".conf"}


def _settings(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        key, given, value = line.partition("=")
        if given and not line.startswith("#"):
            yield key, value


def of_systemd() -> Iterator[Started]:
    for name, settings in units().items():
        for command in (value for key, value in settings if key == "ExecStart"):
            yield Started(
                place=f"systemd/{name}",
                words=tuple(shlex.split(command)[1:]),
                variables=frozenset(value.partition("=")[0] for key, value in settings if key == "Environment"),
                ports={},
            )
