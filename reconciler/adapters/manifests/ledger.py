"""The ledger of accepted drift, `accepted-drift.yaml` beside the settings.

In: the file. Out: acceptances, or everything that is wrong in it with its line; the file with one more entry. It is read by the
manifests' reader, so it is as strict as they are. An edit replaces the lines of one entry; all others stay, comments included.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from reconciler.adapters.manifests.checks.file import check_file
from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.adapters.manifests.discovery.files import read_file
from reconciler.adapters.manifests.documents.ledger import LedgerDocument
from reconciler.adapters.manifests.yaml.parsed import Parsed
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.drift.finding_id import field_place
from reconciler.core.findings.acceptance import LONGEST_DAYS, Acceptance
from reconciler.core.findings.fields import acceptable_field
from reconciler.core.model.state import FieldRef
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import read_day
from reconciler.ports import Clock
from reconciler.ports.files.file_changes import FileChange
from reconciler.ports.findings.ledger import LedgerContent

LEDGER_NAME: Final = "accepted-drift.yaml"
_HEAD: Final = """\
# Drift that is accepted for a time. Written by `reconciler findings accept`.
# 期限付きで受け入れた差分。`reconciler findings accept` が書き込みます。
apiVersion: reconciler/v1
accepted:
"""


@frozen(kw_only=False)
class LedgerFile:
    """Implements ports.findings.AcceptanceLedger. `shown_as` is what messages call the file."""

    path: Path
    shown_as: str
    clock: Clock

    def read(self) -> LedgerContent:
        parsed = self._parsed()
        if parsed is None:
            return LedgerContent()
        found = check_file(parsed, LedgerDocument)
        if found:
            return LedgerContent(diagnostics=sort_diagnostics(map(_as_ledger_fault, found)))
        acceptances = tuple(_acceptances(parsed))
        faults = sort_diagnostics(self._faults(acceptances))
        return LedgerContent(diagnostics=faults) if faults else LedgerContent(acceptances=acceptances)

    def change(self, acceptance: Acceptance) -> FileChange:
        """The ledger is valid."""
        parsed = self._parsed()
        before = self.path.read_bytes() if parsed is not None else None
        lines = _HEAD.splitlines() if before is None else before.decode().splitlines()
        spans = [] if parsed is None else _spans(parsed, lines)
        old = next((span for span, entry in spans if _same_field(entry, acceptance)), None)
        indent = _indent(lines, spans)
        if old is None and parsed is not None and not spans:
            lines = [_without_empty_list(line) for line in lines]
        start, end = (len(lines), len(lines)) if old is None else old
        after = [*lines[:start], *_written(acceptance, indent), *lines[end:]]
        text = "\n".join(after) + "\n"
        return FileChange(path=self.path, display_path=self.shown_as, before=before, after=text.encode())

    def _parsed(self) -> Parsed | None:
        if not (self.path.exists() or self.path.is_symlink()):
            return None
        return read_file(ManifestPath(stem=self.path.stem, path=str(self.path), display_path=self.shown_as))

    def _faults(self, acceptances: Sequence[Acceptance]) -> Iterator[Diagnostic]:
        seen: set[tuple[str, str]] = set()
        latest = self.clock.now().date() + timedelta(days=LONGEST_DAYS + 1)  # the day in Japan may be the next one
        for each in acceptances:
            why = _field_fault(each) or _day_fault(each.until, latest)
            if why is None and (each.shop, each.field) in seen:
                why = msg("`{field}` of {shop} is listed twice", field=each.field, shop=each.shop)
            if why is not None:
                yield _fault(why, each.origin)
            seen.add((each.shop, each.field))


def _as_ledger_fault(found: Diagnostic) -> Diagnostic:
    return replace(found, code=codes.BAD_LEDGER, severity=codes.BAD_LEDGER.severity)


def _fault(why: Message, origin: Origin | None) -> Diagnostic:
    hint = msg("Fix the entry or delete it; `reconciler findings accept` writes valid ones")
    return diagnostic(codes.BAD_LEDGER, why, hint=hint, origin=origin)


def _field_fault(each: Acceptance) -> Message | None:
    refused = acceptable_field(each.field)
    return refused if isinstance(refused, Message) else None


def _day_fault(day: str, latest: date) -> Message | None:
    try:
        until = read_day(day)
    except ValueError:
        return msg("{day} is not a day of the calendar", day=day)
    if until > latest:
        return msg("{day} is more than {count} days ahead", day=day, count=LONGEST_DAYS)
    return None


def _acceptances(parsed: Parsed) -> Iterator[Acceptance]:
    for number, entry in enumerate(parsed.data["accepted"]):
        yield Acceptance(
            shop=entry["shop"],
            field=_canonical(entry["field"]),
            value=entry["value"],
            until=entry["until"],
            owner=entry["owner"],
            reason=entry["reason"],
            origin=parsed.origin(("accepted", number, "shop")),
        )


def _canonical(place: str) -> str:
    """As findings name it; a field that cannot be accepted keeps its name."""
    ref = acceptable_field(place)
    return field_place(ref) if isinstance(ref, FieldRef) else place


def _same_field(entry: Any, acceptance: Acceptance) -> bool:
    return (entry["shop"], _canonical(entry["field"])) == (acceptance.shop, acceptance.field)


def _spans(parsed: Parsed, lines: Sequence[str]) -> list[tuple[tuple[int, int], Any]]:
    """Each entry with its lines; those below it that are blank or a comment belong to the next one."""
    entries = parsed.data["accepted"]
    starts = [
        min(parsed.key_origin(("accepted", at, key)).line for key in entry) - 1 for at, entry in enumerate(entries)
    ]
    ends = [*starts[1:], len(lines)][: len(starts)]
    return [((start, _end(lines, start, end)), entry) for start, end, entry in zip(starts, ends, entries, strict=True)]


def _end(lines: Sequence[str], start: int, end: int) -> int:
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def _indent(lines: Sequence[str], spans: Sequence[tuple[tuple[int, int], Any]]) -> str:
    if not spans:
        return "  "
    first = lines[spans[0][0][0]]
    return first[: len(first) - len(first.lstrip())]


def _without_empty_list(line: str) -> str:
    return "accepted:" if line.replace(" ", "").startswith("accepted:[]") else line


def _written(acceptance: Acceptance, indent: str) -> Iterator[str]:
    """A text is a JSON string, which YAML reads as it is."""
    values = {
        "shop": acceptance.shop,
        "field": acceptance.field,
        "value": acceptance.value,
        "until": acceptance.until,
        "owner": acceptance.owner,
        "reason": acceptance.reason,
    }
    for at, (key, value) in enumerate(values.items()):
        plain = key in ("shop", "field") and isinstance(value, str)
        shown = value if plain else json.dumps(value, ensure_ascii=False)
        yield f"{indent}{'  ' if at else '- '}{key}: {shown}"
