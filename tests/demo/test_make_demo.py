"""`make demo` as a process: what it prints is true, the tour's commands work, and nothing is running after it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from demo.environment import ROOT
from demo.live.tour import texts_in
from reconciler.embedded.pages import language
from tests.cli.conftest import environment
from tests.demo.demo_process import FREE, DemoProcess, demo_process

STOPPED = tuple(texts_in(spoken).document["messages"]["ended"].partition("{")[0] for spoken in ("en", "ja"))
"""How the last line starts."""


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[DemoProcess]:
    with demo_process(tmp_path / "live") as running:
        yield running


def listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def ends_whole(demo: DemoProcess, ending: signal.Signals) -> None:
    ports = {urlsplit(address).port or 0 for address in demo.addresses}
    children = demo.children()
    assert len(children) == 4
    assert all(map(listens, ports))
    demo.process.send_signal(ending)
    code, printed, complained = demo.ends()
    assert (code, complained) == (0, "")
    assert printed.splitlines()[-1].startswith(STOPPED)
    assert not any(map(listens, ports))
    assert not any(map(alive, children))


def test_a_process_that_dies_is_named_with_its_last_lines(demo: DemoProcess) -> None:
    _backend, sidecar, *_later = children = demo.children()
    os.kill(sidecar, signal.SIGKILL)
    code, printed, complained = demo.ends()
    assert code == 1
    assert "Stopping ..." in printed
    first, *lines = complained.splitlines()
    assert first.startswith("sidecar stopped unexpectedly with exit code -9. The end of its log, ")
    assert any("received notifications are stored in" in line for line in lines)
    assert not any(map(alive, children))


def starts(folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A demo that is not expected to start."""
    known = environment(DEMO_FOLDER=str(folder), **{**FREE, **more})
    words = [sys.executable, "-m", "demo.live"]
    return subprocess.run(words, cwd=ROOT, env=known, text=True, capture_output=True, check=False, timeout=60)


def test_a_port_in_use_is_named_with_its_variable(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = starts(tmp_path, DEMO_IPN_PORT=str(port))
        in_japanese = starts(tmp_path, DEMO_IPN_PORT=str(port), LANG="ja_JP.UTF-8")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert f"Port {port} (sidecar) is in use." in refused.stderr
    assert "make demo DEMO_IPN_PORT=" in refused.stderr
    assert f"ポート {port} (サイドカー) は使用中です" in in_japanese.stderr


@pytest.mark.parametrize("given", ["http", "-1", "65536", "８７６５"])
def test_a_variable_that_is_not_a_port(tmp_path: Path, given: str) -> None:
    refused = starts(tmp_path, DEMO_PORT=given)
    assert refused.returncode == 1
    assert f"DEMO_PORT={given} is not a port" in refused.stderr


def test_a_second_demo_leaves_the_first_ones_folder_alone_and_ctrl_c_ends_the_first(demo: DemoProcess) -> None:
    refused = starts(demo.folder)
    assert refused.returncode == 1
    assert f"Another demo is running in {demo.folder}." in refused.stderr
    assert httpx.get(demo.addresses[0], follow_redirects=True).status_code == 200
    ends_whole(demo, signal.SIGINT)


def test_each_start_has_a_password_of_its_own_and_other_people_read_none(tmp_path: Path) -> None:
    """One of them on a Japanese terminal; each ends with another signal."""
    seen = set()
    for language_of_terminal, ending in (("C.UTF-8", signal.SIGTERM), ("ja_JP.UTF-8", signal.SIGHUP)):
        with demo_process(tmp_path / language_of_terminal, LANG=language_of_terminal) as demo:
            seen.add((demo.password, demo.console_token))
            script = demo.folder / "with"
            assert script.stat().st_mode & 0o077 == 0
            readable = [path for path in demo.folder.rglob("*") if path.is_file() and path != script]
            assert readable
            for secret in (demo.password, demo.console_token):
                assert not any(secret.encode() in path.read_bytes() for path in readable)
            in_japanese = language_of_terminal.startswith("ja")
            assert ("5 分の案内" in demo.printed) is in_japanese
            assert "\033" not in demo.printed
            assert len(demo.commands) == len([c for s in texts_in("ja").document["steps"] for c in s["commands"]])
            ends_whole(demo, ending)
    assert len(seen) == 2


def test_both_languages_have_the_same_texts_and_commands() -> None:
    english, japanese = texts_in("en").document, texts_in("ja").document
    for part in ("messages", "titles", "tour"):
        assert english[part].keys() == japanese[part].keys()
    for part in ("addresses", "people"):
        assert len(english[part]) == len(japanese[part])
    assert [step["commands"] for step in english["steps"]] == [step["commands"] for step in japanese["steps"]]
    assert [labels(step["text"]) for step in english["steps"]] == [labels(step["text"]) for step in japanese["steps"]]


def labels(text: str) -> set[str]:
    """Those of pages, and addresses."""
    return set(re.findall(r"\[[^\]]+\]|\{[^\s]+", text))


def test_each_label_of_the_tour_is_one_of_the_pages() -> None:
    pages = Path(language.__file__).parent
    known = "".join(file.read_text("utf-8") for kind in ("*.jinja", "*.py") for file in pages.rglob(kind))
    named = set().union(*(labels(step["text"]) for step in texts_in("ja").document["steps"]))
    for label in (each for each in named if each.startswith("[")):
        assert f'"{label[1:-1]}"' in known, label


def test_an_english_tour_names_labels_in_both_languages() -> None:
    assert texts_in("en").written("press [保存する]", {}) == "press Save (保存する)"
    assert texts_in("ja").written("[保存する]を押す", {}) == "「保存する」を押す"
