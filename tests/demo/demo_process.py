"""`make demo`'s program as a process, and what it printed."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.environment import ROOT
from demo.live.ports import PORTS
from demo.live.tour import texts_in
from tests.cli.conftest import environment

FREE = {port.variable: "0" for port in PORTS.values()}
SECONDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoProcess:
    process: subprocess.Popen[str]
    folder: Path
    printed: str

    @property
    def addresses(self) -> list[str]:
        return list(dict.fromkeys(re.findall(r"http://[^\s;、，]+", self.printed)))

    @property
    def backend(self) -> str:
        return self.addresses[0].removesuffix("/admin/")

    @property
    def password(self) -> str:
        found = re.search(r"\b[0-9a-f]{4}-[0-9a-f]{4}\b", self.printed)
        assert found is not None
        return found[0]

    @property
    def console(self) -> str:
        """Its address, without a slash at the end."""
        found = re.search(r"^  Console of the operators +(http://\S+)/$", self.printed, flags=re.MULTILINE)
        assert found is not None
        return found[1]

    @property
    def console_token(self) -> str:
        found = re.search(r"\b[0-9a-f]{16}\b", self.printed)
        assert found is not None
        return found[0]

    @property
    def commands(self) -> list[str]:
        return re.findall(r"^   \$ (.+)$", self.printed, flags=re.MULTILINE)

    def runs(self, command: str) -> subprocess.CompletedProcess[str]:
        """As it is printed, in the terminal that the tour names."""
        return subprocess.run(
            command,
            shell=True,
            cwd=ROOT,
            env=environment(),
            text=True,
            capture_output=True,
            check=False,
            timeout=SECONDS,
        )

    def children(self) -> list[int]:
        pid = self.process.pid
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def ends(self) -> tuple[int, str, str]:
        """Exit code, and what it printed since the tour."""
        printed, complained = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, printed, complained


@contextmanager
def demo_process(folder: Path, **more: str) -> Iterator[DemoProcess]:
    """From when the tour is printed."""
    with subprocess.Popen(
        [sys.executable, "-m", "demo.live"],
        cwd=ROOT,
        env=environment(DEMO_FOLDER=str(folder), **{**FREE, **more}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield DemoProcess(process=process, folder=folder, printed=_until_the_tour_ends(process))
        finally:
            process.terminate()


def _until_the_tour_ends(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    printed, expected = "", sum(len(step["commands"]) for step in texts_in("en").document["steps"])
    for line in process.stdout:
        printed += line
        expected -= line.startswith("   $ ")
        if not expected:
            return printed
    raise AssertionError(printed + (process.stderr.read() if process.stderr else ""))
