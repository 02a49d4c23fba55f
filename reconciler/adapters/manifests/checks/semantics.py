"""What a schema cannot say of one file: that a time zone exists, that a shared file holds nothing of one shop's own.

In: a parsed file. Out: diagnostics. Rules across fields that concern the admin screens are the core's and not here.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Final
from zoneinfo import available_timezones

from reconciler.adapters.manifests.describe import did_you_mean, display_path, quote
from reconciler.adapters.manifests.layout import DEFAULTS
from reconciler.adapters.manifests.yaml.parsed import Parsed, Path
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.formats import WINDOW
from reconciler.core.values import PRE_SET

_OF_THE_MACHINE: Final = frozenset({"localtime", "posixrules", "Factory"})
"""Files of time zone databases that stand for the machine's own setting, or for none."""
_API: Final = ("amazon", "api")
_TOKEN: Final = (*_API, "mws_auth_token")


def check_semantics(parsed: Parsed) -> Iterator[Diagnostic]:
    """Of any file, a shop's or a shared one."""
    maintenance = parsed.data.get("maintenance")
    if isinstance(maintenance, dict):
        yield from judge_zone(maintenance.get("time_zone"), ("maintenance", "time_zone"), parsed)
        usage = msg("Write the hours in which the shop may be closed, or delete the line to allow any hour")
        yield from judge_window(maintenance.get("window"), ("maintenance", "window"), usage, parsed)


def judge_zone(zone: object, path: Path, parsed: Parsed) -> Iterator[Diagnostic]:
    """Whether it is a zone that means the same on every machine."""
    if isinstance(zone, str) and not _is_zone(zone):
        place = display_path(path)
        yield diagnostic(
            codes.UNKNOWN_VALUE,
            msg("Unknown time zone {value} in `{place}`", place=place, value=quote(zone)),
            expected=msg("a name such as Asia/Tokyo"),
            hint=did_you_mean(_BY_ABBREVIATION.get(zone, zone), sorted(available_timezones() - _OF_THE_MACHINE))
            or msg("Delete the line to use Asia/Tokyo"),
            subject=place,
            origin=parsed.origin(path),
        )


_BY_ABBREVIATION: Final = {"JST": "Asia/Tokyo"}
"""What people write who mean a zone that has no such name."""


@cache
def _is_zone(name: str) -> bool:
    """A name that means the same on every machine. Without a time zone database only the default is known."""
    known = available_timezones()
    if not known:
        return name == "Asia/Tokyo"
    return name in known and name not in _OF_THE_MACHINE


def judge_window(window: object, path: Path, usage: Message, parsed: Parsed) -> Iterator[Diagnostic]:
    """A window of no length. `usage` says what the hours are for."""
    if not isinstance(window, str) or not WINDOW.accepts(window):
        return
    start, _, end = window.partition("-")
    if start == end:
        place = display_path(path)
        yield diagnostic(
            codes.WRONG_FORM,
            msg("`{place}` starts and ends at {time}", place=place, time=start),
            expected=msg("two different times of day"),
            hint=usage,
            subject=place,
            origin=parsed.origin(path),
        )


def check_shared_file(parsed: Parsed, stem: str) -> Iterator[Diagnostic]:
    """Of a shared file: what would give several shops one identity."""
    if "shop" in parsed.data:
        yield _not_shared(("shop",), msg("Write it in each shop's own file"), parsed)
    if stem == DEFAULTS:
        yield from _judge_defaults(parsed)
    elif _names_token(parsed.data) and not _at(parsed.data, (*_API, "seller_id")):
        hint = msg("Write its SellerId next to it, or move the line to the shop's own file")
        yield _not_shared(_TOKEN, hint, parsed)


def _judge_defaults(parsed: Parsed) -> Iterator[Diagnostic]:
    """Shops of one merchant may share its account in a group; the whole fleet cannot."""
    to_group = msg("Move the line to the shop's file, or to a group for the shops of one merchant")
    for name in ("seller_id", "client_id"):
        if _at(parsed.data, (*_API, name)) is not None:
            yield _not_shared((*_API, name), to_group, parsed)
    if _names_token(parsed.data):
        yield _not_shared(_TOKEN, to_group, parsed)
    if parsed.data.get("group") is not None:
        yield _not_shared(("group",), msg("Delete the line: the defaults are merged under every group"), parsed)


def _names_token(data: dict[str, Any]) -> bool:
    return _at(data, _TOKEN) not in (None, PRE_SET.value)


def _at(data: dict[str, Any], path: Path) -> object:
    value: object = data
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _not_shared(path: Path, hint: Message, parsed: Parsed) -> Diagnostic:
    place = ".".join(map(str, path))
    return diagnostic(
        codes.NOT_SHARED,
        msg("`{place}` is specific to one shop but is in a file that many shops share", place=place),
        hint=hint,
        subject=place,
        origin=parsed.key_origin(path),
    )
