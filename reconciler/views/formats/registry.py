"""The output formats. Light on purpose: every command imports it.

A new format is one module with `renderer(kind)`, which gives the function from a result and a context to text, and `aside(result,
context)`, which gives what is said about the result beside it; and one line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.lib.frozen_class import frozen


@frozen
class OutputFormat:
    """`written` is what a document is made of, which decides how it is kept from being read as a command of the CI's log.
    `identified`: it says who ran the command. `sourced`: a diagnostic shows the line that it points at, or says where the part of
    it ends. `located`: it names files as readers of the repository do, from its root. `streamed`: its module has `pieces`.
    `byte_mark`: a file starts with a byte order mark, which spreadsheets need.
    """

    module: str
    written: str = "lines"
    for_readers: bool = False
    identified: bool = False
    sourced: bool = False
    located: bool = False
    streamed: bool = False
    byte_mark: bool = False


_HERE: Final = "reconciler.views.formats"
FORMATS: Final[Mapping[str, OutputFormat]] = {
    "text": OutputFormat(module=f"{_HERE}.text", for_readers=True, sourced=True),
    "concise": OutputFormat(module=f"{_HERE}.concise", for_readers=True),
    "json": OutputFormat(module=f"{_HERE}.json", written="json", identified=True, sourced=True, streamed=True),
    "markdown": OutputFormat(module=f"{_HERE}.markdown", sourced=True),
    "csv": OutputFormat(module=f"{_HERE}.csv", byte_mark=True),
    "sarif": OutputFormat(module=f"{_HERE}.sarif", written="json", identified=True, sourced=True, located=True),
    "junit": OutputFormat(module=f"{_HERE}.junit", written="xml", identified=True, located=True),
    "github": OutputFormat(module=f"{_HERE}.github", written="commands", identified=True, sourced=True, located=True),
    "gitlab-codequality": OutputFormat(
        module=f"{_HERE}.gitlab_codequality", written="json", identified=True, located=True
    ),
    "gitlab-terraform": OutputFormat(module=f"{_HERE}.gitlab_terraform", written="json"),
    "html": OutputFormat(module=f"{_HERE}.html", written="xml", identified=True, sourced=True),
}
