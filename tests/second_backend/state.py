"""The state of the shops in the journal's tables: what a change means for versions, the trail and the time of the last change."""

from __future__ import annotations

import json
import secrets
import threading
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from tests.second_backend.journal import Journal

OFFERS: Final = frozenset({"bulk-read", "bulk-write", "changes", "fence", "write-key"})
JAPAN: Final = timezone(timedelta(hours=9))
PARTS: Final = {"ORDER_AREA": "ご注文手続きエリア(Amazon)", "LOGIN_LINK_AREA": "ログイン連携エリア"}


@dataclass(frozen=True)
class Actor:
    name: str
    type: str
    write_key: str | None = None


@dataclass
class State:
    journal: Journal
    offers: frozenset[str] = OFFERS
    auto_link: bool = True
    """Whether this backend has 自動連携."""
    breaches: frozenset[str] = frozenset()
    lock: threading.RLock = field(default_factory=threading.RLock)
    tokens: dict[str, tuple[str, str | None]] = field(default_factory=dict)

    def breaks(self, breach: str) -> bool:
        return breach in self.breaches

    def shop(self, key: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.journal.get("shops", key)
        return found

    def shops(self) -> Iterable[dict[str, Any]]:
        return [shop for _, shop in sorted(self.journal.items("shops"))]

    def endpoints(self, seller: str, environment: str) -> dict[str, Any]:
        environment = "PRODUCTION" if self.breaks("environments-mixed") else environment
        found: dict[str, Any] | None = self.journal.get("endpoints", f"{seller} {environment}")
        return found or {"revision": 0, "endpoints": []}

    def put_endpoints(self, seller: str, environment: str, urls: list[dict[str, str]], actor: Actor) -> None:
        """The list changes for every shop whose present seller it is."""
        held = self.endpoints(seller, environment)
        before = [each["url"] for each in held["endpoints"]]
        after = [each["url"] for each in urls]
        moved = [(url, None) for url in before if url not in after] + [
            (None, url) for url in after if url not in before
        ]
        environment = "PRODUCTION" if self.breaks("environments-mixed") else environment
        self.journal.put("endpoints", f"{seller} {environment}", {"revision": held["revision"] + 1, "endpoints": urls})
        for shop in self.shops():
            if shop["amazonSettings"]["sellerId"] != seller:
                continue
            for values in moved:
                self.note(shop["shopKey"], actor, ("ipnEndpoints", environment), values)
            if not self.breaks("feed-blind"):
                self.journal.put("shops", shop["shopKey"], shop | {"updatedAt": now()})

    def put_shop(
        self, shop: dict[str, Any], actor: Actor, causes: dict[str, str], *, forced: str | None = None
    ) -> None:
        """Stores the shop; each part that differs has a new version, `forced` in any case. `causes` names for a changed field,
        `part.field`, the one that it followed.
        """
        held = self.shop(shop["shopKey"])
        assert held is not None
        for part in ("amazonSettings", "amazonPay", "storefront", "systemParts", "entitlements"):
            before, after = flat(held[part]), flat(shop[part])
            changed = [name for name in after if before[name] != after[name]]
            if changed or part == forced:
                shop[part]["revision"] = held[part]["revision"] + 1
            for name in changed:
                cause = causes.get(f"{part}.{name}")
                self.note(shop["shopKey"], actor, (part, name), (before[name], after[name]), cause)
                if not self.breaks("feed-blind"):
                    shop["updatedAt"] = now()
        self.journal.put("shops", shop["shopKey"], shop)

    def note(
        self, shop: str, actor: Actor, place: tuple[str, str], values: tuple[Any, Any], cause: str | None = None
    ) -> None:
        number = int(self.journal.get("counters", "change") or 0) + 1
        self.journal.put("counters", "change", number)
        written = None if "write-key" not in self.offers or self.breaks("trail-without-key") else actor.write_key
        entry = {
            "changeId": number,
            "at": now(),
            "actor": actor.name,
            "actorType": actor.type,
            "resource": place[0],
            "field": place[1],
            "from": values[0],
            "to": values[1],
            "cause": cause,
            "writeKey": written,
        }
        self.journal.put("changes", str(number), {"shop": shop, "entry": entry})


def flat(part: dict[str, Any]) -> dict[str, Any]:
    """The part's fields by name; those of the system parts as parts.PART.field."""
    found = {name: value for name, value in part.items() if name not in {"revision", "parts", "wellFormed", "plain"}}
    for name, texts in part.get("parts", {}).items():
        found |= {f"parts.{name}.{each}": value for each, value in texts.items()}
    return found


def version(revision: int, body: Any) -> str:
    return f"{revision}.{zlib.crc32(json.dumps(body, sort_keys=True).encode()):08x}"


def now() -> str:
    return datetime.now(UTC).astimezone(JAPAN).strftime("%Y-%m-%dT%H:%M:%S")


def nonce() -> bytes:
    return secrets.token_bytes(16)
