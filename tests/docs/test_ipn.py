"""docs/ipn.md and the README's part on notifications fail here when they are wrong: round trip, placeholders, reasons."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

from reconciler.adapters.settings.sidecar_documents import MailDocument, SidecarDocument
from reconciler.ipn.process.mail_template import PLACES
from reconciler.ipn.telemetry.metrics import Metrics
from reconciler.ipn.verify.reasons import ProcessingOutcome, RejectReason
from tests.cli.conftest import environment

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PAGE = (ROOT / "docs" / "ipn.md").read_text()
BIN = Path(sys.executable).parent


def blocks(language: str, text: str = PAGE) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def round_trip(text: str) -> list[str]:
    """Its commands, without what is said of them."""
    [commands] = [block for block in blocks("console", text) if "ipn simulate" in block]
    return [line.removeprefix("$ ").partition("#")[0].rstrip() for line in commands.splitlines()]


def test_the_readme_shows_the_start_of_the_same_round_trip() -> None:
    start = round_trip(README)
    assert len(start) > 2
    assert round_trip(PAGE)[: len(start)] == start


def test_the_round_trip_makes_the_order_paid(tmp_path: Path) -> None:
    [world], [settings, _served_backend] = blocks("json"), blocks("yaml")
    (tmp_path / "world.json").write_text(world)
    (tmp_path / "reconciler.yaml").write_text(settings)
    folder, serve, *rest = round_trip(PAGE)
    subprocess.run(shlex.split(folder), cwd=tmp_path, check=True)
    serving = shlex.split(serve.replace("&", ""))
    with subprocess.Popen(
        [BIN / serving[0], *serving[1:], "--port", "0", "--ops-port", "0"],
        cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True,
    ) as served:  # fmt: skip
        assert served.stderr is not None
        port = int(served.stderr.readline().partition("127.0.0.1:")[2].partition("/")[0])
        said = [answered(line, port, tmp_path) for line in rest]
        served.terminate()
        served.stderr.read()
        assert served.wait(60) == 0
    assert re.search(r"^200 .* done +paid +100000020732 +入金済み$", said[0], re.MULTILINE)
    assert re.search(r"^1 .* my-shop +done +paid +100000020732 +PaymentCapture ", said[1], re.MULTILINE)


def test_a_capture_without_a_notification_is_found_as_documented(tmp_path: Path) -> None:
    [world], [settings, _served_backend] = blocks("json"), blocks("yaml")
    (tmp_path / "world.json").write_text(world)
    (tmp_path / "reconciler.yaml").write_text(settings)
    [capture] = [block for block in blocks("console") if "reconciler.embedded capture" in block]
    [poll] = set(re.findall(r"`(reconciler ipn poll [^`]*)`", PAGE))
    assert "No unpaid order has a payment at Amazon" in answered(poll, 0, tmp_path)
    charge = answered(capture.removeprefix("$ ").strip(), 0, tmp_path).strip()
    assert re.search(rf"100000020732 +{charge} +paid ", answered(poll, 0, tmp_path))


def answered(line: str, port: int, folder: Path) -> str:
    words = shlex.split(line)
    to = ["--to", f"http://127.0.0.1:{port}"] if "simulate" in words else []
    done = subprocess.run(
        [BIN / words[0], *words[1:], *to],
        cwd=folder,
        env=environment(COLUMNS="300"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_places_of_the_mail_are_those_of_the_letter() -> None:
    [table] = re.findall(r"\| Place \|.*?\n\n", PAGE, re.DOTALL)
    assert re.findall(r"`\{(\w+)\}`", table) == list(PLACES)


def reasons(name: str) -> list[str]:
    [table] = re.findall(rf"<!-- {name} -->\n(.*?)<!-- end -->", PAGE, re.DOTALL)
    return sorted(word for row in table.splitlines()[2:] for word in re.findall(r"`([a-z0-9-]+)`", row.split("|")[1]))


def test_each_reason_is_documented_and_nothing_else() -> None:
    assert reasons("reasons") == sorted(outcome.value for outcome in ProcessingOutcome)


def test_each_reason_with_kept_copies_is_documented_and_nothing_else() -> None:
    """What is Amazon's and cannot be understood is no refusal: it is kept for the worker, who puts it aside."""
    understood = {RejectReason.BAD_NOTICE, RejectReason.BAD_XML, RejectReason.BAD_ID, RejectReason.BAD_AMOUNT}
    assert reasons("grounds") == sorted(
        ground.value for ground in RejectReason if ground.kept and ground not in understood
    )


def test_each_metric_is_documented_with_its_labels_and_nothing_else() -> None:
    [table] = re.findall(r"<!-- metrics -->\n(.*?)<!-- end -->", PAGE, re.DOTALL)
    documented = {}
    for row in table.splitlines()[2:]:
        _, name, labels, *_ = row.split("|")
        documented[name.strip(" `")] = set(re.findall(r"`(\w+)`", labels))
    kinds = re.findall(r"^# TYPE reconciler_ipn_(\w+) \w+$", Metrics().text().decode(), re.MULTILINE)
    assert sorted(documented) == sorted(kinds)
    for sample in re.findall(r"^reconciler_ipn_(\w+)\{(.*)\}", Metrics().text().decode(), re.MULTILINE):
        if not sample[0].endswith("_bucket"):
            assert set(re.findall(r'(\w+)="', sample[1])) == documented[sample[0]]


def test_each_documented_setting_exists() -> None:
    [table] = re.findall(r"\| Setting \|.*?\n\n", PAGE, re.DOTALL)
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", table, re.MULTILINE))
    assert set(rows) <= set(SidecarDocument.model_fields)
    assert set(re.findall(r"`(\w+)`", rows["mail"].partition(" (reference)")[0])) >= set(MailDocument.model_fields)
