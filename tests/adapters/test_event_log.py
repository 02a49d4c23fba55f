"""Lines of a command's log: what they never hold, and how they belong to a run."""

from __future__ import annotations

import json
import re

import structlog

from reconciler.adapters.event_log import StructlogEventLog
from reconciler.core.diagnostics.redaction import REDACTED
from reconciler.lib.event_log import log_context, log_event, using_log

SECRET = "amzn.mws.01d01d01-c0de-4ca1-8aa1-01d01d01d01d"


def lines(form: str, write) -> list[str]:
    written: list[str] = []
    with using_log(StructlogEventLog(form, written.append)):
        write()
    return "".join(written).splitlines()


def test_a_credential_is_not_shown_in_any_field() -> None:
    def leak() -> None:
        log_event("message", text=f"the token {SECRET}", path=f"https://user:pass@host.example/?key={SECRET}")

    for form in ("json", "text"):
        (line,) = lines(form, leak)
        assert REDACTED in line
        assert "01d01d01" not in line
        assert "pass" not in line


def test_a_text_cannot_forge_a_line_or_a_field() -> None:
    def forge() -> None:
        log_event("message", text='a" level=error\n06:00:00Z error shop-failed')

    (line,) = lines("text", forge)
    assert json.loads(line.partition("text=")[2]).startswith('a" level=error\n')
    assert len(lines("json", forge)) == 1


def test_a_line_belongs_to_the_run_around_it_or_to_the_last_one() -> None:
    def act() -> None:
        log_event("first")
        with log_context(run="one", shop="kyoto-tea"):
            log_event("second")
        with log_context(run="two"):
            log_event("third")
        log_event("fourth", level="warning", absent=None)

    found = [json.loads(line) for line in lines("json", act)]
    assert [(line.get("run"), line.get("shop")) for line in found] == [
        (None, None),
        ("one", "kyoto-tea"),
        ("two", None),
        ("two", None),
    ]
    assert found[3].keys() == {"event", "level", "run", "timestamp"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", found[3]["timestamp"])


def test_the_log_of_a_server_in_the_same_process_stays_as_it_is() -> None:
    before = structlog.get_config()
    lines("json", lambda: log_event("first"))
    assert structlog.get_config() == before


def test_without_a_log_nothing_is_written(capfd) -> None:
    with log_context(run="one"):
        log_event("first")
    assert capfd.readouterr() == ("", "")


def test_an_event_may_name_another_run_than_the_last_one_of_the_command() -> None:
    lines: list[str] = []
    log = StructlogEventLog("json", lines.append)
    with log.bound({"run": "first"}):
        log.write("info", "shop-recovered", {"shop": "a"})
    log.write("info", "fleet-run-advanced", {"run": "second"})
    log.write("info", "shop-planned", {"shop": "b"})
    assert [json.loads(line)["run"] for line in lines if line.strip()] == ["first", "second", "first"]
