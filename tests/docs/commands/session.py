"""One bash in which the commands of a page run, as in the reader's terminal."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Self, TextIO

_SERVICE = re.compile(r"^(?:\w+=\S* )*reconciler (?:serve|watch|worker)\b(?!.*--(?:once|help))", re.MULTILINE)
_REMARK = re.compile(r"\s+# [^\n]*$")
MARK = "DOCUMENTED_PAGE"
"""The variable by which the processes of a page are recognised."""


class Failed(AssertionError):
    """A command did not do what the page says."""


class Terminal:
    """A bash with its folder. `run` returns the exit code and what was printed. All its processes end with it."""

    def __init__(self, folder: Path, variables: Mapping[str, str], *, seconds: float) -> None:
        self._outputs = folder / "outputs"
        self._outputs.mkdir(parents=True)
        self._mark = str(folder)
        self._count = 0
        self._bash = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],  # the shell of the reader
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder / "work",
            env={**variables, MARK: self._mark},
            text=True,
            start_new_session=True,
        )
        self._limit = threading.Timer(seconds, self._kill)
        self._limit.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._limit.cancel()
        if self._bash.stdin:
            self._bash.stdin.close()
        self._signal(signal.SIGTERM)
        self._kill()
        self._bash.wait()
        if self._bash.stdout:
            self._bash.stdout.close()

    def run(self, command: str) -> tuple[int, str]:
        """Of a service and of a job in the background: 0, and what it printed until it was ready."""
        self._count += 1
        job = _REMARK.sub("", command).rstrip()
        in_background = job.endswith("&") and not job.endswith("&&")
        if in_background or _SERVICE.match(job):
            return self._start(job if in_background else f"{job} &")
        output = self._outputs / f"{self._count}.txt"
        code = self._send(command, output)
        return code, output.read_text(encoding="utf-8", errors="replace")

    def _start(self, job: str) -> tuple[int, str]:
        pipe = self._outputs / f"{self._count}.pipe"
        os.mkfifo(pipe)
        self._write(job, pipe)
        stream = pipe.open(encoding="utf-8", errors="replace")
        code = self._code(job)
        printed = ""
        for line in stream:
            printed += line
            if line.startswith("ready:"):
                threading.Thread(target=_drain, args=(stream,), daemon=True).start()
                return code, printed
        stream.close()
        if _SERVICE.match(job):
            raise Failed(f"`{job}` ended before it was ready:\n{printed}")
        return code, printed

    def _send(self, command: str, output: Path) -> int:
        self._write(command, output)
        return self._code(command)

    def _write(self, command: str, output: Path) -> None:
        if self._bash.stdin is None:
            raise ValueError("no stdin")
        try:
            self._bash.stdin.write(f"{{ {command}\n}} </dev/null >'{output}' 2>&1; echo $?\n")
            self._bash.stdin.flush()
        except BrokenPipeError:
            raise Failed(f"the shell ended before `{command}`") from None

    def _code(self, command: str) -> int:
        if self._bash.stdout is None:
            raise ValueError("no stdout")
        answer = self._bash.stdout.readline()
        if not answer:
            raise Failed(f"`{command}` did not end in time, or ended the shell")
        return int(answer)

    def _signal(self, number: int) -> None:
        """To every process of the page, also to those that left its process group."""
        for process in self.processes():
            try:
                os.kill(process, number)
            except ProcessLookupError:
                continue

    def _kill(self) -> None:
        while self.processes():
            self._signal(signal.SIGKILL)

    def processes(self) -> list[int]:
        """That still run; those that ended and wait for their parent have no environment."""
        wanted = f"{MARK}={self._mark}".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if wanted in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                continue
        return found


def _drain(stream: TextIO) -> None:
    with stream:
        for _ in stream:
            pass
