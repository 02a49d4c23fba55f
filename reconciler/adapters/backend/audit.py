"""The backend's trail of a shop's changes, newest first: a few pages of it, in our names.

In: a function to get pages. Out: `AuditEntry`s. Raises BackendError; an entry that cannot be understood fails the whole, since
omitting it would blame the actor before. Values are kept only for fields that are known not to be secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, Final
from urllib.parse import urlencode

from reconciler.adapters.backend.http.config import BackendConfig
from reconciler.adapters.backend.http.interpret import unexpected
from reconciler.adapters.backend.http.messages import API, ApiRequest, ApiResponse
from reconciler.adapters.backend.http.redact import safe_quote
from reconciler.adapters.backend.pagination import Get, next_query
from reconciler.adapters.backend.wire import CODECS, JsonObjectReader, WireDecodeError
from reconciler.adapters.backend.wire.ipn_endpoint import CODEC as IPN_ENDPOINT
from reconciler.adapters.backend.wire.times import from_wire
from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.audit import AuditEntry
from reconciler.core.model.canonical import Json, to_canonical
from reconciler.core.model.state import FieldRef
from reconciler.core.runs.last_applied import from_canonical
from reconciler.core.values import ShopKey

_PAGES: Final = 3
_LIMIT: Final = 100
_AT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_TYPE: Final = re.compile(r"[A-Z][A-Z_]{0,31}")
_KEY: Final = re.compile(r"[!-~]{1,255}")
_CLIENT: Final = "CLIENT"
_BY_PART: Final = {codec.part: codec for codec in CODECS.values()}
_SOMETHING: Final[Mapping[str, Json]] = {"sensitive": True}


async def last_changes(get: Get, config: BackendConfig, shop: ShopKey) -> list[AuditEntry]:
    """The newest few hundred at most: what is older explains little, and a busy shop's trail has no end."""
    route = ApiRequest(method="GET", path=f"{API}/shops/{shop}/changes", shop=shop)
    query: str | None = urlencode({"limit": _LIMIT})
    found: list[AuditEntry] = []
    asked = 0
    while query is not None and asked < _PAGES:
        reply = await get(route.path, query=query, shop=shop)
        asked += 1
        found.extend(_entries(reply, config, route))
        query = next_query(reply, config, route)
    return found


def _entries(reply: ApiResponse, config: BackendConfig, route: ApiRequest) -> list[AuditEntry]:
    fault = None
    try:
        return [_entry(JsonObjectReader(item, "items"), item, config) for item in _items(reply)]
    except WireDecodeError as wire:
        fault = wire.text
    raise unexpected(route, fault, request_id=reply.request_id)


def _items(reply: ApiResponse) -> Iterator[Any]:
    items = reply.json.get("items")
    if not isinstance(items, list):
        raise WireDecodeError(msg("the page has no list of items"))
    return iter(items)


def _entry(fields: JsonObjectReader, item: Mapping[str, Any], config: BackendConfig) -> AuditEntry:
    resource, name = fields.text("resource"), fields.text("field")
    ref = _ref(resource, name, config)
    cause = fields.text_or_absent("cause")
    actor, actor_type = fields.text("actor"), _formed(fields, "actorType", _TYPE)
    return AuditEntry(
        at=_moment(fields),
        actor=_shown(actor),
        actor_type=actor_type,
        field=ref,
        name=_shown(f"{resource}.{name}"),
        before=_value(ref, item.get("from")),
        after=_value(ref, item.get("to")),
        cause=_cause(cause, config) if isinstance(cause, str) else None,
        write_key=_write_key(item.get("writeKey")),
        own=actor_type == _CLIENT and actor == config.client_id,
    )


def _ref(resource: str, name: str, config: BackendConfig) -> FieldRef | None:
    codec = _BY_PART.get(resource)
    if codec is None or (codec is IPN_ENDPOINT and name != config.environment.value):
        return None
    return codec.ref(name)


def _cause(place: str, config: BackendConfig) -> str:
    resource, _, name = place.partition(".")
    ref = _ref(resource, name, config)
    return _shown(place) if ref is None else str(ref)


def _write_key(value: object) -> str | None:
    """A backend need not keep them."""
    return value if isinstance(value, str) and _KEY.fullmatch(value) else None


def _moment(fields: JsonObjectReader) -> str:
    try:
        return from_wire(_formed(fields, "at", _AT))
    except ValueError:
        raise WireDecodeError(msg("{place}.{name} has an invalid format", place=fields.place, name="at")) from None


def _formed(fields: JsonObjectReader, name: str, form: re.Pattern[str]) -> str:
    text = fields.text(name)
    if not form.fullmatch(text):
        raise WireDecodeError(msg("{place}.{name} has an invalid format", place=fields.place, name=name))
    return text


def _shown(words: str) -> str:
    """The backend's words where `quoting` lets them through."""
    return str(dict(safe_quote(words).arguments).get("words", "?"))


def _value(ref: FieldRef | None, wire: object) -> Json:
    """It is unknown whether a field that is not ours holds a secret."""
    if ref is None or ref.spec.policy.secret:
        return _sealed(wire)
    if wire is None or isinstance(wire, bool):
        return wire
    return _text(ref, wire) if isinstance(wire, str) and _encodable(wire) else dict(_SOMETHING)


def _sealed(wire: object) -> Json:
    match wire:
        case None | {"state": "UNSET"}:
            return None
        case {"state": "PRE_SET"}:
            return "pre-set"
        case _:
            return dict(_SOMETHING)


def _text(ref: FieldRef, wire: str) -> Json:
    """Upper-snake on the wire, lower-case in the core, where it is one of a few words."""
    try:
        word = from_canonical(ref, wire.lower())
    except ValueError:
        return to_canonical(wire)
    return to_canonical(word) if isinstance(word, Enum) else to_canonical(wire)


def _encodable(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)
