"""A service of the tool as a process: what it wrote to stderr, its pages, and a signal that ends it."""

from __future__ import annotations

import re
import signal
import subprocess
import threading
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

from tests.cli.conftest import command, environment
from tests.support.waiting import PATIENCE


class ServiceProcess:
    """`url` is known once it listens; `text` is what it has written to stderr. `variables` are added to its environment."""

    def __init__(self, name: str, folder: Path, *words: str, **variables: str) -> None:
        self._ready = re.compile(rf"^ready: {name} (http://\S+/) ", re.MULTILINE)
        self.child = subprocess.Popen(
            command(name, "--port", "0", *words),
            cwd=folder,
            env=environment(RECONCILER_LOG="text", **variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.child.stderr is not None
        with self.child.stderr as lines:
            self.lines.extend(lines)

    @property
    def text(self) -> str:
        return "".join(self.lines)

    @property
    def url(self) -> str:
        found = self._ready.search(self.text)
        assert found, self.text
        return found[1]

    @property
    def ended(self) -> bool:
        return self.child.poll() is not None

    def listens(self) -> bool:
        return self._ready.search(self.text) is not None

    def page(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()

    def is_ready_as(self, word: str) -> bool:
        return self.page("readyz") == (200, f"{word}\n")

    def says(self, words: str) -> bool:
        return words in self.text

    def end(self, number: signal.Signals) -> int:
        self.child.send_signal(number)
        return self.child.wait(PATIENCE)
