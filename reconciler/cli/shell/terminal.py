"""Where output goes and how: stdout for data, stderr for everything about it.

In: the common options and the environment. Out: strings on the two streams (`output_streams.py`). A reader that closed the pipe
ends the output, not the command, and so does one that was closed from the start. A document for machines is UTF-8 in any
locale; in a text, characters outside the stream's encoding are shown as escapes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from reconciler.cli.shell.output_streams import OutputStreams
from reconciler.cli.shell.shown_sources import ShownSources
from reconciler.lib.event_log import log_event
from reconciler.lib.frozen_class import frozen
from reconciler.views.common.log_commands import harmless_lines
from reconciler.views.formats.registry import FORMATS, OutputFormat

if TYPE_CHECKING:
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.diagnostics.messages import Message
    from reconciler.core.diagnostics.source_root import SourceRoot
    from reconciler.core.results.command import CommandResult
    from reconciler.core.results.request_log import RequestLogEntry
    from reconciler.views.common.context import RenderContext


LOG_FORMS: Final = ("json", "text")


@frozen
class Terminal:
    """`output` is the format of stdout, a name in `views/formats/registry.py`; `files` are written as well, each in its format.

    `language` is the code of a catalogue. `command` is what was called: `ipn list`. `expand`: each shop is shown separately.
    `pager`: a text that is longer than the screen goes through the pager. `log`: the form of log lines on stderr.
    """

    output: str
    language: str
    files: Mapping[Path, str] = field(default_factory=dict)
    command: str = ""
    no_color: bool = False
    quiet: bool = False
    verbose: bool = False
    expand: bool = False
    pager: bool = True
    log: str | None = None
    streams: OutputStreams = field(default_factory=OutputStreams, compare=False, repr=False)
    sources: ShownSources = field(default_factory=ShownSources, compare=False, repr=False)

    @property
    def for_readers(self) -> bool:
        """Whether people read the result as text."""
        return self._format.for_readers

    @property
    def _format(self) -> OutputFormat:
        return FORMATS[self.output]

    def render_context(self, *, aside: bool = False, about: Iterable[Diagnostic] = ()) -> RenderContext:
        """How to write on stdout, or aside on stderr. Only text is ever coloured, or wrapped. `about` are the diagnostics that
        will be written: of those the lines are known that they point at.
        """
        from reconciler.views.common.context import RenderContext
        from reconciler.views.i18n import language

        stream = sys.stderr if aside else sys.stdout
        plain = self.log == "json" if aside else not self.for_readers
        colour = not plain and colour_wanted(stream, os.environ, no_color=self.no_color)
        width = None if plain else width_of(stream, os.environ)
        return RenderContext(
            language=language(self.language),
            colour=colour,
            width=width,
            show_requests=self.verbose,
            sources=self.sources.lines_for(about) if self._format.sourced else {},
            concise=self.output == "concise",
            expand=self.expand,
            source_root=_source_root([self._format]),
            diff={} if aside else _diff([self._format]),
        )

    def show(self, result: CommandResult) -> ExitCode:
        """The result on stdout, in the format that was asked for; what is said about it on stderr."""
        from reconciler.cli.shell.output_files import write_files
        from reconciler.core.results.exit_status import with_unwritten
        from reconciler.views.render import render_aside, render_result
        from reconciler.views.text.diagnostics import render_diagnostics

        unwritten = write_files(result, self.files, self._file_context(result)) if self.files else ()
        about = result.all_diagnostics
        self.write_stderr(render_aside(result, self.output, self.render_context(aside=True, about=about)))
        self._write_result(render_result(result, self.output, self.render_context(about=about)))
        for notice in result.notices:
            self.info(notice)
        if not unwritten:
            return result.exit_code
        self.write_stderr(render_diagnostics(unwritten, self.render_context(aside=True)))
        return with_unwritten(result.exit_code)

    def _file_context(self, result: CommandResult) -> RenderContext:
        """As on stdout, without the terminal."""
        from reconciler.views.common.context import RenderContext
        from reconciler.views.i18n import language

        sourced = any(FORMATS[kind].sourced for kind in self.files.values())
        return RenderContext(
            language=language(self.language),
            show_requests=self.verbose,
            sources=self.sources.lines_for(result.all_diagnostics) if sourced else {},
            expand=self.expand,
            source_root=_source_root([FORMATS[kind] for kind in self.files.values()]),
            diff=_diff([FORMATS[kind] for kind in self.files.values()]),
        )

    @property
    def identifies(self) -> bool:
        """Whether an output says who ran the command."""
        return any(FORMATS[kind].identified for kind in (self.output, *self.files.values()))

    def show_aside(self, result: CommandResult) -> None:
        """The result on stderr, where stdout is for something else."""
        from reconciler.views.render import render_aside, render_result

        context = self.render_context(aside=True, about=result.all_diagnostics)
        self.write_stderr(render_aside(result, self.output, context))
        if not self.quiet:
            self.write_stderr(render_result(result, self.output, context))
        for notice in result.notices:
            self.info(notice)

    def _write_result(self, text: str) -> None:
        """On a terminal through the pager, where the text is longer than the screen."""
        from reconciler.cli.shell.pager import needs_pager

        if self.pager and self.for_readers and needs_pager(text, sys.stdout, os.environ):
            self.show_paged(text)
        else:
            self.write(text)

    def pages_aside(self, text: str) -> bool:
        """Whether a text beside the result is longer than the screen, and both streams are that screen."""
        from reconciler.cli.shell.pager import needs_pager

        return self.pager and all(needs_pager(text, stream, os.environ) for stream in (sys.stderr, sys.stdout))

    def show_paged(self, text: str) -> None:
        """Waits until the reader quits the pager."""
        from reconciler.cli.shell.pager import show_in_pager

        self.streams.stderr.settle()
        show_in_pager(text)

    def write(self, text: str) -> None:
        """The result, in the format that was asked for."""
        if self.for_readers:
            self.streams.stdout.write(text)
        else:
            self.write_document(text)

    def write_document(self, text: str) -> None:
        """A result that machines read, also where no format was asked for."""
        self.streams.stdout.write(text, encoding="utf-8")

    def write_stderr(self, text: str) -> None:
        """In a log of JSON each line is an event, so that programs can read all of stderr."""
        if self.log != "json":
            self.streams.stderr.write(harmless_lines(text))
            return
        for line in filter(None, map(str.strip, text.splitlines())):
            log_event("message", text=line)

    def logging(self) -> AbstractContextManager[None]:
        """Around a command: its events are written where that was asked for."""
        if self.log is None:
            return nullcontext()
        from reconciler.wiring.session import writing_log

        return writing_log(self.log, self.streams.stderr.write)

    def write_progress(self, text: str) -> None:
        """What a reader that does not read may miss: the report holds it as well. A log says more."""
        if self.log is not None:
            return
        self.streams.stderr.on_dropped = self._dropped
        self.streams.stderr.write(harmless_lines(text), droppable=True)

    def _dropped(self, count: int) -> str:
        look = self.render_context(aside=True)
        left_out = look.plural(
            "{count} line of progress was omitted: the output was not read",
            "{count} lines of progress were omitted: the output was not read",
            count,
        )
        return f"{left_out}\n"

    def info(self, text: Message) -> None:
        """A sentence on stderr, unless --quiet; on a terminal wrapped at its width."""
        from reconciler.views.text.layout import notice

        if not self.quiet:
            self.write_stderr("".join(f"{line}\n" for line in notice(text, self.render_context(aside=True))))

    def log_request(self, line: RequestLogEntry) -> None:
        """Shows each request with -v as it is answered; in JSON they are part of the document, and of the log if there is one."""
        if self.verbose:
            log_event("request", method=line.method, path=line.path, status=line.status, items=line.items)
        if self.shows_requests:
            several = "" if line.items == 1 else f" ({line.items} items)"
            self.write_progress(f"{line.method} {line.path} {line.status or '-'}{several}\n")

    @property
    def shows_requests(self) -> bool:
        return self.verbose and self.output != "json"


def _source_root(formats: Sequence[OutputFormat]) -> SourceRoot:
    """Of the repository around the current folder; that folder itself where there is none."""
    from reconciler.core.diagnostics.source_root import SourceRoot

    if not any(each.located for each in formats):
        return SourceRoot()
    folder = Path.cwd()
    root = next((each for each in (folder, *folder.parents) if (each / ".git").exists()), folder)
    return SourceRoot(root.as_posix(), folder.as_posix())


def _diff(formats: Sequence[OutputFormat]) -> Mapping[str, Collection[int]]:
    """For the order of annotations only; from Git."""
    from reconciler.wiring.terminal_files import pull_request_lines

    return pull_request_lines() if any(each.written == "commands" for each in formats) else {}


def colour_wanted(stream: TextIO | None, environment: Mapping[str, str], *, no_color: bool) -> bool:
    """--no-color, then NO_COLOR, then FORCE_COLOR, then whether it is a terminal."""
    if no_color or environment.get("NO_COLOR"):
        return False
    looking = stream is not None and stream.isatty() and environment.get("TERM") != "dumb"
    return bool(environment.get("FORCE_COLOR")) or looking


def width_of(stream: TextIO | None, environment: Mapping[str, str]) -> int | None:
    """COLUMNS, else what the terminal itself says; None where it says nothing, and of what is no terminal."""
    if stream is None or not stream.isatty():
        return None
    columns = environment.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns):
        return int(columns)
    try:
        return os.get_terminal_size(stream.fileno()).columns or None
    except OSError:
        return None
