"""Every service of the compose file, started as the file says (see `services.py`), asked what Kubernetes asks, and ended."""

from __future__ import annotations

import pytest

from tests.deploy.services import Site
from tests.deploy.shipped import of_kubernetes, own_services

pytestmark = pytest.mark.deploy

ASK = """
import sys, urllib.request as r
address, host = sys.argv[1:]
print(r.urlopen(r.Request(address, headers={"Host": host}), timeout=5).status)
"""
POD = "10.244.0.7"
CONNECT = "import socket, sys; socket.create_connection(('127.0.0.2', int(sys.argv[1])), timeout=5)"
SERVICES = {" ".join(service["command"][:2]).partition(" -")[0]: name for name, service in own_services().items()}


def test_every_service_becomes_healthy(site: Site) -> None:
    assert {name: site.healthy(name) for name in own_services()} == dict.fromkeys(own_services(), True)


@pytest.mark.parametrize("start", [start for start in of_kubernetes() if start.probes], ids=lambda start: start.service)
def test_what_kubernetes_probes_answers(site: Site, start) -> None:
    name = SERVICES[start.service]

    for path, port in sorted(start.probes):
        asked = site.run(name, "python", "-c", ASK, f"http://127.0.0.1:{port}{path}", f"{POD}:{port}")
        assert asked.stdout == "200\n", asked.stderr


def test_published_ports_are_open_beyond_the_loopback_of_the_container(site: Site) -> None:
    """A published port leads to an address of the container: 127.0.0.2 stands in for it."""
    published = [port.split(":")[-1] for service in own_services().values() for port in service.get("ports", ())]

    refused = [port for port in published if site.run("backend", "python", "-c", CONNECT, port).returncode]

    assert refused == []
    assert site.run("backend", "python", "-c", CONNECT, "8767").returncode != 0


def test_the_scheduled_job_records_a_look_in_the_same_place(site: Site) -> None:
    (job,) = [start for start in of_kubernetes() if start.service == "drift"]

    done = site.run("ipn", "reconciler", *job.words)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "reconciler_drift" in site.run("ipn", "reconciler", "findings", "metrics").stdout


def test_every_service_ends_at_a_signal_and_starts_again(site: Site) -> None:
    """In the order of a shutdown: what depends on another service ends first."""
    for name in reversed(own_services()):
        assert site.stop(name) == 0, site.log(name)
    for name in own_services():
        site.start(name)
