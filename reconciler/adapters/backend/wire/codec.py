"""The interface of every kind's codec: how its part of a response is read, and how its write is formed. They are in `CODECS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.adapters.backend.http.config import WireEnvironment
from reconciler.adapters.backend.http.messages import API, ApiRequest
from reconciler.adapters.backend.wire.json_reader import JsonObjectReader
from reconciler.core.model.state import FieldRef
from reconciler.core.values import Absent, Scalar, Secret, ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports import WriteRequest


@frozen
class DecodeContext:
    """What a part must be read beside: the run's environment, and the shop's own URL and seller id from amazon_settings."""

    environment: WireEnvironment
    merchant_site_url: str | Absent
    seller_id: str | Absent


@frozen
class Codec:
    """`part` is the key in the integration answer. `encode` is None for a kind that is only read.

    `decode` raises WireDecodeError. `encode` raises ValueError for values that the contract cannot carry: a fault of the caller.
    `names` are the fields by the names that the trail of changes gives them; `entry` is a map field's, from such a name.
    """

    kind: str
    part: str
    decode: Callable[[JsonObjectReader, DecodeContext], Any]
    names: Mapping[str, str]
    encode: Callable[[WriteRequest, WireEnvironment], ApiRequest] | None = None
    entry: Callable[[str], FieldRef | None] = lambda _name: None

    def ref(self, name: str) -> FieldRef | None:
        """The field that the trail calls `name`; None for one that is not ours to know."""
        return FieldRef(self.kind, self.names[name]) if name in self.names else self.entry(name)


def invert_mapping(names: Mapping[str, str]) -> dict[str, str]:
    """Our names by the wire's, from the wire's by ours."""
    return {wire: ours for ours, wire in names.items()}


def shop_path(shop: ShopKey, resource: str) -> str:
    return f"{API}/shops/{shop}/{resource}"


def to_wire_names(write: WriteRequest, names: Mapping[str, str]) -> dict[str, Scalar]:
    """The values under the wire's names."""
    body: dict[str, Scalar] = {}
    for field, value in write.values.items():
        if field not in names:
            raise ValueError(f"{write.kind}.{field} cannot be written")
        # What was only observed (a seal, PRE_SET, ABSENT) or not yet resolved (a reference) has no form to be sent in.
        if not isinstance(value, bool | str | Secret):
            raise ValueError(f"{write.kind}.{field} cannot be written as {type(value).__name__}")  # noqa: TRY004
        body[names[field]] = value
    if not body:
        raise ValueError(f"a write of {write.kind} holds no value")
    return body
