"""`serve backend`: the announced values are true, and problems are reported before it serves."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from reconciler.serving.listener import bind
from tests.cli.conftest import Run, command, environment


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(("more", "status"), [((), 404), (("--faults",), 200)])
def test_served_where_it_says(ending: signal.Signals, more: tuple[str, ...], status: int, fleet: Path) -> None:
    with subprocess.Popen(
        command("serve", "backend", "--port", "0", *more),
        env=environment(RECONCILER_BACKEND_SECRET="long-enough-a-secret"),
        stderr=subprocess.PIPE,
        text=True,
    ) as served:
        assert served.stderr is not None
        address, reported = served.stderr.readline(), served.stderr.readline()
        port = int(address.partition("127.0.0.1:")[2].partition("/")[0])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/embedded/faults")
        answered = connection.getresponse().status
        connection.close()
        served.send_signal(ending)
        assert served.wait(30) == 0
    assert reported == "client id: reconciler; client secret: ref+env://RECONCILER_BACKEND_SECRET; shops: 2\n"
    assert (answered == 404) is (status == 404)


def test_a_connection_closed_by_an_injected_fault_is_not_reported(fleet: Path) -> None:
    with subprocess.Popen(
        command("serve", "backend", "--port", "0", "--faults"),
        env=environment(RECONCILER_BACKEND_SECRET="long-enough-a-secret"),
        stderr=subprocess.PIPE,
        text=True,
    ) as served:
        assert served.stderr is not None
        port = int(served.stderr.readline().partition("127.0.0.1:")[2].partition("/")[0])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        ordered = json.dumps({"kind": "CUT_BEFORE", "path": "/oauth/token"})
        connection.request("POST", "/embedded/faults", ordered, {"Content-Type": "application/json"})
        assert connection.getresponse().read()
        connection.request("POST", "/oauth/token")
        with pytest.raises(http.client.IncompleteRead):
            connection.getresponse().read()
        connection.close()
        served.send_signal(signal.SIGTERM)
        reported = served.stderr.read()
        assert served.wait(30) == 0
    assert "Traceback" not in reported


def test_the_settings_say_which_url_the_backend_issues(fleet: Path, run: Run) -> None:
    shown = ("show", "kyoto-tea", "--field", "merchant_site_url")
    (fleet / "other.yaml").write_text("embedded: {seed: seed.json, database: other.db}\n")
    assert run(*shown, "-c", "other.yaml").stdout == "https://ipn.platform.example/amazon-pay/kyoto-tea\n"
    (fleet / "reconciler.yaml").write_text(
        "embedded: {seed: seed.json, site_url: 'http://127.0.0.1:8766/amazon-pay/{shop_key}'}\n"
    )
    assert run(*shown).stdout == "http://127.0.0.1:8766/amazon-pay/kyoto-tea\n"


def test_a_port_in_use(fleet: Path, run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("serve", "backend", "--port", str(port), RECONCILER_BACKEND_SECRET="long-enough-a-secret")
    assert result.exit_code == 1
    assert f"[S403]: Cannot listen on 127.0.0.1:{port}: Address already in use" in result.stderr
    assert "ready:" not in result.stderr


def test_a_secret_that_is_missing(fleet: Path, run: Run) -> None:
    result = run("serve", "backend", "--port", "0")
    assert result.exit_code == 1
    assert "[S101]" in result.stderr
    assert "ready:" not in result.stderr


IPN_SETTINGS = """\
embedded:
  seed: seed.json
ipn:
  topics: ["arn:aws:sns:us-west-2:291180941288:A31YDYE76E6TCP{seller_id}"]
"""


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_notifications_are_received_where_it_says_until_it_is_ended(ending: signal.Signals, fleet: Path) -> None:
    (fleet / "reconciler.yaml").write_text(IPN_SETTINGS)
    with subprocess.Popen(
        command("serve", "ipn", "--port", "0", "--ops-port", "0"),
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    ) as served:
        assert served.stderr is not None
        reported = [served.stderr.readline() for _ in range(3)]
        port, operators = (int(line.partition("127.0.0.1:")[2].partition("/")[0]) for line in reported[:2])
        answers = [
            asked(port, "POST", "/nobody"),
            asked(operators, "GET", "/healthz"),
            asked(operators, "GET", "/metrics"),
        ]
        served.send_signal(ending)
        logged = served.stderr.read()
        assert served.wait(30) == 0
    # 404 makes Amazon give up: it is sent only after a read of all shops that started after the post, otherwise 503.
    assert answers[0] in (404, 503)
    assert answers[1:] == [200, 200]
    assert reported[2] == f"received notifications are stored in {fleet / '.reconciler' / 'inbox.db'}\n"
    assert all(json.loads(line)["event"] for line in logged.splitlines())


def asked(port: int, method: str, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path)
    status = connection.getresponse().status
    connection.close()
    return status


def test_without_a_topic_nothing_could_be_believed(fleet: Path, run: Run) -> None:
    result = run("serve", "ipn", "--port", "0", "--ops-port", "0")
    assert result.exit_code == 1
    assert "[S201]: `ipn.topics` is empty, so no notification can be trusted" in result.stderr
    assert "ready:" not in result.stderr


@pytest.mark.parametrize(
    ("arn", "reported", "help_text"),
    [
        ("arn:aws:sns:us-west-9:291180941288:x", "region `us-west-9`", "Did you mean us-west-1, us-west-2"),
        ("arn:aws:sns:tokyo:291180941288:x", "region `tokyo`", "such as us-west-2"),
        ("arn:aws:sns:cn-north-1:291180941288:x", "region `cn-north-1`", "start with `arn:aws-cn:sns`"),
    ],
)
def test_a_topic_in_a_region_that_does_not_exist_is_refused_at_start(
    fleet: Path, run: Run, arn: str, reported: str, help_text: str
) -> None:
    (fleet / "reconciler.yaml").write_text(f"embedded: {{seed: seed.json}}\nipn:\n  topics: ['{arn}']\n")
    result = run("serve", "ipn", "--port", "0", "--ops-port", "0")
    assert result.exit_code == 1
    assert "error[S201]" in result.stderr
    assert "reconciler.yaml:3:3" in result.stderr
    assert reported in result.stderr
    assert help_text in result.stderr
    assert "ready:" not in result.stderr


def test_a_folder_of_certificates_that_does_not_exist_is_refused_at_start(fleet: Path, run: Run) -> None:
    (fleet / "reconciler.yaml").write_text(IPN_SETTINGS + "  certificates: pinned\n")
    result = run("serve", "ipn", "--port", "0", "--ops-port", "0")
    assert result.exit_code == 1
    assert "error[S201]: `ipn.certificates`: the folder pinned does not exist" in result.stderr
    assert "ready:" not in result.stderr


def test_an_unusable_inbox_is_reported_before_anything_is_received(fleet: Path, run: Run) -> None:
    (fleet / "reconciler.yaml").write_text(IPN_SETTINGS + "  inbox: seed.json\n")
    result = run("serve", "ipn", "--port", "0", "--ops-port", "0")
    assert result.exit_code == 1
    assert "it is not a store" in result.stderr
    assert "ready:" not in result.stderr


@pytest.mark.parametrize("option", ["--port", "--ops-port"])
def test_a_port_in_use_for_notifications(option: str, fleet: Path, run: Run) -> None:
    (fleet / "reconciler.yaml").write_text(IPN_SETTINGS)
    other = {"--port": "--ops-port", "--ops-port": "--port"}[option]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run("serve", "ipn", option, str(taken.getsockname()[1]), other, "0")
    assert result.exit_code == 1
    assert "[S403]" in result.stderr
    assert "Address already in use" in result.stderr
    variable = f"RECONCILER_IPN_{option.removeprefix('--').replace('-', '_').upper()}"
    assert f"Choose another port with {option} or {variable}, or 0 for a free one" in result.stderr


@pytest.mark.parametrize(
    ("settings", "reported"),
    [
        ("  payments: http://pay.example/\n", "http://pay.example/ is not encrypted, and the client secret"),
        (
            "  mail:\n    host: 127.0.0.1\n    template: letter.txt\n",
            "letter.txt: unknown placeholder {buyer} in the mail template",
        ),
        ("  mail:\n    host: 127.0.0.1\n    template: none.txt\n", "none.txt is not a text in UTF-8"),
        ("  mail:\n    host: 127.0.0.1\n    username: x\n    password: ref+env://NOBODY\n", "[S101]"),
    ],
)
def test_missing_requirements_are_reported_before_anything_is_received(
    settings: str, reported: str, fleet: Path, run: Run
) -> None:
    (fleet / "letter.txt").write_text("for {buyer}")
    (fleet / "reconciler.yaml").write_text(IPN_SETTINGS + settings)
    result = run("serve", "ipn", "--port", "0", "--ops-port", "0")
    assert result.exit_code == 1
    assert reported in result.stderr
    assert "ready:" not in result.stderr


def test_an_answer_does_not_wait_for_its_head_to_be_acknowledged() -> None:
    """Head and body leave one after the other; with Nagle's algorithm the second waits for the peer, who waits for more."""
    with bind("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
