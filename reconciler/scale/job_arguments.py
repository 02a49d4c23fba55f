"""What a job says: the name of a chunk, with the version of these arguments. Pure.

A worker of another version that does not know them leaves the job: the chunk keeps waiting, and a newer worker gets it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reconciler.lib.frozen_class import frozen

VERSION: Final = 1


@frozen
class ChunkName:
    run: str
    number: int


def job_arguments(run: str, number: int) -> dict[str, Any]:
    """`number` is a text: an index of the queue finds it."""
    return {"version": VERSION, "run": run, "number": str(number)}


def read_arguments(arguments: Mapping[str, Any]) -> ChunkName | None:
    """None for arguments of another version, and for what is no name of a chunk."""
    if arguments.get("version") != VERSION:
        return None
    run, number = arguments.get("run"), arguments.get("number")
    if not isinstance(run, str) or not isinstance(number, str) or not number.isdecimal():
        return None
    return ChunkName(run=run, number=int(number))
