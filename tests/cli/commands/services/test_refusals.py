"""Settings with which a server could not work: it ends at once, names the setting, and is never ready. As real processes."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import command, environment

pytestmark = pytest.mark.system

SECRET = {"RECONCILER_BACKEND_SECRET": "long-enough-a-secret"}
BACKEND = ("serve", "backend", "--port", "0")
SIDECAR = ("serve", "ipn", "--port", "0", "--ops-port", "0")
TOPIC = "arn:aws:sns:us-west-2:291180941288:A31YDYE76E6TCP{seller_id}"
Prepare = Callable[[Path], None]


def started(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Until it ends by itself. File modes hold for it also where the tests run as root."""
    return subprocess.run(
        command(*words),
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=_without_overrides if os.geteuid() == 0 else None,  # the child has one thread
    )


def _without_overrides() -> None:
    drop, overrides = 24, (1, 2)  # PR_CAPBSET_DROP; CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    for each in overrides:
        ctypes.CDLL(None).prctl(drop, each, 0, 0, 0)


def refused(ended: subprocess.CompletedProcess[str], code: str, *parts: str) -> None:
    assert (ended.returncode, ended.stdout) == (1, ""), ended.stderr
    assert f"error[{code}]: " in ended.stderr
    assert [part for part in parts if part not in ended.stderr] == []
    assert "ready:" not in ended.stderr
    assert "Internal error" not in ended.stderr


@contextmanager
def mode(path: Path, bits: int) -> Iterator[None]:
    before = path.stat().st_mode
    path.chmod(bits)
    try:
        yield
    finally:
        path.chmod(before)


def settings(fleet: Path, *, embedded: str = "", ipn: str = "", more: str = "") -> None:
    text = f"embedded:\n  seed: seed.json\n{embedded}{more}"
    (fleet / "reconciler.yaml").write_text(text + (f'ipn:\n  topics: ["{TOPIC}"]\n{ipn}' if ipn else ""))


def used(fleet: Path, *words: str) -> None:
    """A server that starts makes its files; it is stopped when it is ready."""
    with subprocess.Popen(
        command(*words), env=environment(**SECRET), stderr=subprocess.PIPE, text=True, cwd=fleet
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("ready: ")
        process.terminate()
        process.stderr.read()
        assert process.wait(30) == 0


@pytest.mark.parametrize(
    ("database", "reason"),
    [
        ("no/such/backend.db", "does not exist"),
        ("seed.json/backend.db", "seed.json is not a folder"),
        ("shops", "not a file"),
        ("seed.json", "file is not a database"),
        ("'sqlite://'", "expected the path of a file"),
    ],
)
def test_a_backend_without_a_usable_database(fleet: Path, database: str, reason: str) -> None:
    settings(fleet, embedded=f"  database: {database}\n")
    refused(started(*BACKEND, **SECRET), "S201", reason, "reconciler.yaml:3:13", "embedded.database")


def test_a_backend_whose_database_may_not_be_created(fleet: Path) -> None:
    (fleet / "locked").mkdir()
    settings(fleet, embedded="  database: locked/backend.db\n")
    with mode(fleet / "locked", 0o555):
        refused(started(*BACKEND, **SECRET), "S201", "unable to open database file", "embedded.database")


def test_a_backend_whose_database_may_not_be_written(fleet: Path) -> None:
    settings(fleet, embedded="  database: backend.db\n")
    used(fleet, *BACKEND)
    with mode(fleet / "backend.db", 0o444):
        refused(started(*BACKEND, **SECRET), "S201", "cannot write to the database", "embedded.database")


def _remove_seed(fleet: Path) -> None:
    (fleet / "seed.json").unlink()


def _lock_seed(fleet: Path) -> None:
    (fleet / "seed.json").chmod(0)


def _spoil_seed(fleet: Path) -> None:
    (fleet / "seed.json").write_text("{")


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (_remove_seed, "No such file or directory"),
        (_lock_seed, "Permission denied"),
        (_spoil_seed, "the seed is invalid"),
    ],
)
def test_a_backend_whose_seed_cannot_be_read(fleet: Path, prepare: Prepare, reason: str) -> None:
    prepare(fleet)
    refused(started(*BACKEND, **SECRET), "S201", reason, "reconciler.yaml:2:9")


def test_a_backend_without_the_secret_of_its_client(fleet: Path) -> None:
    refused(started(*BACKEND), "S101", "RECONCILER_BACKEND_SECRET")


@pytest.mark.parametrize(
    ("words", "option", "variable"),
    [
        (BACKEND, "--port", "RECONCILER_BACKEND_PORT"),
        ((*BACKEND, "--mail-port", "0"), "--mail-port", "RECONCILER_BACKEND_MAIL_PORT"),
        (SIDECAR, "--port", "RECONCILER_IPN_PORT"),
        (SIDECAR, "--ops-port", "RECONCILER_IPN_OPS_PORT"),
    ],
)
def test_a_port_in_use_names_port_option_and_variable(
    fleet: Path, words: tuple[str, ...], option: str, variable: str
) -> None:
    settings(fleet, ipn="  sha1: refuse\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = started(*words, option, str(port), **SECRET)
    refused(ended, "S403", f"127.0.0.1:{port}", f"another port with {option} or {variable}")


@pytest.mark.parametrize(
    ("variable", "words"), [("RECONCILER_BACKEND_PORT", BACKEND[:2]), ("RECONCILER_IPN_OPS_PORT", SIDECAR[:2])]
)
@pytest.mark.parametrize("value", ["99999", "http", "-1"])
def test_a_wrong_port_in_a_variable_is_an_error_that_names_it(
    fleet: Path, variable: str, words: tuple[str, ...], value: str
) -> None:
    ended = started(*words, **SECRET, **{variable: value})
    assert ended.returncode == 1
    assert variable in ended.stderr
    assert value in ended.stderr
    assert "ready:" not in ended.stderr


@pytest.mark.parametrize("words", [BACKEND[:2], SIDECAR[:2]])
def test_an_address_that_is_not_of_this_machine(fleet: Path, words: tuple[str, ...]) -> None:
    settings(fleet, ipn="  sha1: refuse\n")
    refused(started(*words, "--host", "192.0.2.1", "--port", "0", **SECRET), "S403", "192.0.2.1:0")


@pytest.mark.parametrize(
    ("ipn", "code", "parts"),
    [
        ("  inbox: 'sqlite://'\n", "S201", ("`ipn.inbox`", "expected the path of a file")),
        ("  inbox: seed.json\n", "S401", ("it is not a store", "reconciler.yaml:5:10")),
        ("  inbox: seed.json/inbox.db\n", "S401", ("cannot be created", "reconciler.yaml:5:10", "`ipn.inbox`")),
        ("  certificates: pinned\n", "S201", ("the folder pinned does not exist",)),
        ("  payments: http://pay.example/\n", "S201", ("is not encrypted",)),
        ("  mail: {host: 127.0.0.1, username: x, password: ref+env://NOBODY}\n", "S101", ("NOBODY",)),
        ("  mail: {host: mail.example, security: none}\n", "S201", ("mail.example is not this machine",)),
        ("  mail: {host: 127.0.0.1, template: none.txt}\n", "S201", ("none.txt",)),
    ],
)
def test_a_sidecar_that_could_not_work(fleet: Path, ipn: str, code: str, parts: tuple[str, ...]) -> None:
    settings(fleet, ipn=ipn)
    refused(started(*SIDECAR, **SECRET), code, *parts)


def test_a_sidecar_whose_inbox_may_not_be_written(fleet: Path) -> None:
    settings(fleet, ipn="  inbox: inbox.db\n")
    used(fleet, *SIDECAR)
    with mode(fleet / "inbox.db", 0o444):
        refused(started(*SIDECAR, **SECRET), "S401", "inbox.db cannot be used: permission denied", "ipn.inbox")


def test_a_sidecar_without_the_secret_of_its_backend(fleet: Path) -> None:
    settings(fleet, ipn="  sha1: refuse\n", more="backend:\n  url: http://127.0.0.1:9/\n")
    refused(started(*SIDECAR), "S101", "RECONCILER_BACKEND_SECRET")


def test_a_store_in_memory(fleet: Path) -> None:
    settings(fleet, ipn="  sha1: refuse\n", more="store: 'sqlite://'\n")
    refused(started(*SIDECAR, **SECRET), "S201", "`store`")


def test_the_option_wins_over_the_variable(fleet: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused(started("serve", "backend", **SECRET, RECONCILER_BACKEND_PORT=port), "S403", f":{port}")
        with subprocess.Popen(
            command(*BACKEND),
            env=environment(**SECRET, RECONCILER_BACKEND_PORT=port),
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr is not None
            line = process.stderr.readline()
            process.terminate()
            process.stderr.read()
    assert line.startswith("ready: backend http://127.0.0.1:")
    assert port not in line
