"""A backend that cannot be used: the message names the setting, what is wrong with it, and what to do."""

from __future__ import annotations

import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.support.example_fleet import TOKEN


def settings(fleet: Path, url: str) -> None:
    (fleet / "reconciler.yaml").write_text(
        f"backend:\n  url: {url}\n  client_id: mine\n  client_secret: ref+env://FLEET_SECRET\n"
    )


@pytest.mark.parametrize("words", [("plan",), ("apply",), ("drift",), ("show", "kyoto-tea")], ids=" ".join)
def test_an_address_that_is_not_encrypted(words: tuple[str, ...], fleet: Path, run: Run) -> None:
    settings(fleet, "http://admin.example")
    result = run(*words, FLEET_SECRET="x")
    assert result.exit_code == 1
    assert "error[S201]: http://admin.example is not encrypted" in result.stderr
    assert "--> reconciler.yaml:2:8\n" in result.stderr
    assert "= help: Use https://" in result.stderr


def test_the_short_form_of_an_address(fleet: Path, run: Run) -> None:
    (fleet / "reconciler.yaml").write_text("backend: http://admin.example\n")
    result = run("plan", RECONCILER_BACKEND_SECRET="x")
    assert "error[S201]:" in result.stderr
    assert "--> reconciler.yaml:1:10\n" in result.stderr


@pytest.mark.parametrize("url", ["https://admin.example:99999/", "https://[::1/", "http://:80/"])
def test_an_address_that_is_none(url: str, fleet: Path, run: Run) -> None:
    settings(fleet, f"'{url}'")
    result = run("plan", FLEET_SECRET="x")
    assert result.exit_code == 1
    assert "S201" in result.stderr


def test_a_missing_secret_is_reported_where_the_settings_refer_to_it(fleet: Path, run: Run) -> None:
    settings(fleet, "https://admin.example")
    result = run("plan")
    assert result.exit_code == 1
    assert "error[S101]: The environment variable FLEET_SECRET" in result.stderr
    assert "--> reconciler.yaml:4:18\n" in result.stderr
    assert "= help: Set FLEET_SECRET" in result.stderr


def test_manifests_are_checked_all_the_same(fleet: Path, run: Run) -> None:
    settings(fleet, "http://admin.example")
    assert run("validate").exit_code == 0


@pytest.mark.parametrize(
    ("seed", "reported"),
    [
        (
            '{"shops": [{"shopKey": "a", "x": 1}, {"shopKei": "a"}]}',
            "error[S201]: seed.json: the seed is invalid: shops.0.x: Extra inputs are not permitted; shops.1.",
        ),
        ("{", "seed.json: the seed is invalid: (document): Invalid JSON"),
        ('{"clients": [{"clientId": "c", "secret": {"env": "NOT_SET"}}]}', "NOT_SET"),
        (None, "seed.json: cannot read the seed: No such file"),
    ],
)
def test_a_broken_seed(seed: str | None, reported: str, fleet: Path, run: Run) -> None:
    (fleet / "seed.json").unlink()
    if seed is not None:
        (fleet / "seed.json").write_text(seed)
    result = run("plan")
    assert result.exit_code == 1
    assert "error[S201]:" in result.stderr
    assert "--> reconciler.yaml:2:9\n" in result.stderr
    assert reported in result.stderr
    assert "= help: Fix the seed" in result.stderr


def test_a_broken_database(fleet: Path, run: Run) -> None:
    (fleet / "reconciler.yaml").write_text("embedded:\n  database: world.db\n  seed: seed.json\n")
    (fleet / "world.db").write_text("this is no database, but a text that is long enough to be looked at" * 20)
    result = run("plan")
    assert result.exit_code == 1
    assert "error[S201]:" in result.stderr
    assert "--> reconciler.yaml:2:13\n" in result.stderr
    assert "world.db: cannot use the database: file is not a database" in result.stderr
    assert "= help: Set another file as embedded.database" in result.stderr


def test_a_database_in_a_file(fleet: Path, run: Run) -> None:
    (fleet / "reconciler.yaml").write_text("embedded:\n  database: seed.json/world.db\n  seed: seed.json\n")
    result = run("plan")
    assert result.exit_code == 1
    assert "error[S201]:" in result.stderr
    assert "--> reconciler.yaml:2:13\n" in result.stderr


def test_a_database_in_folders_that_are_not_there(fleet: Path, run: Run) -> None:
    (fleet / "reconciler.yaml").write_text("embedded:\n  database: vra/worlds/world.db\n  seed: seed.json\n")
    result = run("plan")
    assert result.exit_code == 1
    assert "error[S201]:" in result.stderr
    assert "--> reconciler.yaml:2:13\n" in result.stderr
    assert "/vra does not exist" in result.stderr
    assert not (fleet / "vra").exists()


def test_the_tools_own_store_is_no_embedded_backend(fleet: Path, run: Run) -> None:
    run("apply", "--auto-approve")
    (fleet / "reconciler.yaml").write_text("embedded:\n  database: .reconciler/journal.db\n  seed: seed.json\n")
    before = (fleet / ".reconciler" / "journal.db").read_bytes()
    result = run("plan")
    assert result.exit_code == 1
    assert "error[S201]:" in result.stderr
    assert "--> reconciler.yaml:2:13\n" in result.stderr
    assert "belongs to another program" in result.stderr
    assert (fleet / ".reconciler" / "journal.db").read_bytes() == before


@pytest.mark.usefixtures("impatient")
def test_no_response(fleet: Path, run: Run) -> None:
    settings(fleet, "http://127.0.0.1:9/")
    result = run("plan", FLEET_SECRET=TOKEN)
    assert result.exit_code == 4
    assert "[B101]: POST /oauth/token to http://127.0.0.1:9: no connection could be made" in result.stderr
    assert "= help: Check the address (backend.url) and that the backend is running" in result.stderr
    assert "reconciler serve backend" in result.stderr


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_gateway_without_its_backend(status: int, fleet: Path, run: Run) -> None:
    with answering(status, b"<html>no upstream</html>") as url:
        settings(fleet, url)
        result = run("plan", FLEET_SECRET=TOKEN)
    assert result.exit_code == 4
    assert f"[B101]: POST /oauth/token: HTTP_{status}: the answer is a web page, not JSON" in result.stderr
    assert (
        "= help: Run the command again later; if that does not help, ask the operator of the backend\n" in result.stderr
    )


@pytest.mark.parametrize("status", [400, 401])
def test_a_client_that_is_not_known(status: int, fleet: Path, run: Run) -> None:
    with answering(status, b'{"code": "INVALID_CLIENT"}') as url:
        settings(fleet, url)
        result = run("plan", FLEET_SECRET=TOKEN)
    assert "B109" in result.stderr
    assert "the client id is 'mine', its secret comes from ref+env://FLEET_SECRET\n" in result.stderr
    assert "= help: Check the client id and the client secret" in result.stderr


@pytest.mark.parametrize("body", [b'{"detail": "Not Found"}', b"<html>not here</html>"])
def test_an_address_of_something_else(body: bytes, fleet: Path, run: Run) -> None:
    with answering(404, body) as url:
        settings(fleet, url)
        result = run("plan", FLEET_SECRET=TOKEN)
    assert result.exit_code == 4
    assert f"there is no backend at {url}\n" in result.stderr
    assert "= help: Check the address (backend.url)" in result.stderr


@pytest.mark.parametrize("words", [("plan",), ("drift",), ("show", "kyoto-tea")], ids=" ".join)
def test_an_embedded_backend_without_shops(words: tuple[str, ...], fleet: Path, run: Run) -> None:
    (fleet / "reconciler.yaml").write_text("environment: sandbox\n")
    result = run(*words)
    assert result.exit_code == 1
    assert "The embedded backend .reconciler/embedded.db contains no shops\n" in result.stderr
    assert "= help: Set `embedded.seed` (docs/embedded.md) or `backend.url`" in result.stderr
    assert "B108" not in result.output


def test_a_folder_without_settings_names_the_first_step(fleet: Path, run: Run) -> None:
    (fleet / "reconciler.yaml").unlink()
    assert "or run `reconciler init` for a new fleet" in run("plan").stderr
    shutil.rmtree(fleet / "shops")
    assert "or start with `reconciler init`" in run("validate").output


def test_no_settings_file(fleet: Path, run: Run) -> None:
    for result in (run("plan", "-c", "nope.yaml"), run("plan", RECONCILER_CONFIG="nope.yaml")):
        assert result.exit_code == 1
        assert "The settings file nope.yaml (from -c or RECONCILER_CONFIG) does not exist" in result.stderr


def test_a_folder_of_that_name(fleet: Path, run: Run) -> None:
    (fleet / "reconciler.yaml").unlink()
    (fleet / "reconciler.yaml").mkdir()
    result = run("plan")
    assert result.exit_code == 1
    assert "[S201]: reconciler.yaml is a folder, not a settings file" in result.stderr


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    """A server of loopback that says the same to everybody."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
