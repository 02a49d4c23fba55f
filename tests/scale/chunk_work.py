"""What processes do in the tests, instead of chunks. Each line of the file is a thing that happened."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

stopped = threading.Event()


def prepare() -> None:
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())


def note(file: Path, text: str) -> None:
    with file.open("a") as out:
        out.write(f"{text}\n")


def say(file: Path, text: str) -> tuple[int, str]:
    note(file, text)
    return os.getpid(), text


def die(file: Path, text: str) -> None:
    note(file, text)
    os.kill(os.getpid(), signal.SIGKILL)


def fail(_file: Path, text: str) -> None:
    raise ValueError(text)


def meet(file: Path, text: str) -> str:
    """Ends once two are here."""
    note(file, text)
    while len(file.read_text().splitlines()) < 2:  # another process writes it
        stopped.wait(0.002)
    return text


def until_stopped(file: Path, text: str) -> str:
    note(file, f"{os.getpid()} {text}")
    stopped.wait()
    note(file, f"{text} finished")
    return "finished"


def work(what: str, file: Path, text: str) -> object:
    return {"say": say, "die": die, "fail": fail, "meet": meet, "until_stopped": until_stopped}[what](file, text)
