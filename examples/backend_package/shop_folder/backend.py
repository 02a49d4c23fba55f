"""The platform of this example: a folder `platform/` beside reconciler.yaml, with a JSON file for each shop.

{"open": true, "revision": 1, "use": false, "seller": null, "client": null, "token": null, "mail": null,
"pre_order": false, "subscription": false, "texts": {}, "endpoint": false}
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from reconciler.adapters.settings.settings import Settings
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.kinds import (
    AmazonPayPayment,
    AmazonSettings,
    Entitlements,
    IpnEndpoint,
    StorefrontState,
    SystemParts,
)
from reconciler.core.model.state import Known, Observed
from reconciler.core.values import (
    ABSENT,
    ApiStatus,
    CommerceCreator,
    Registration,
    SealedSecret,
    ShopKey,
    StorefrontStatus,
    seal_secret,
)
from reconciler.ports import Conflict, Locked, Rejected, RequestLogEntry, ShopUnknown, WriteRequest, WriteResult

TEXTS = ("order_area.label", "order_area.message", "login_link_area.label", "login_link_area.message")


@asynccontextmanager
async def open_backend(settings: Settings) -> AsyncIterator[ShopFolder]:
    """The entry point. A connection to a real platform would be opened here, and closed at the end."""
    yield ShopFolder(settings.root / "platform")


class ShopFolder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.requests: list[RequestLogEntry] = []

    async def shops(self) -> AsyncIterator[ShopKey]:
        for file in sorted(self._folder.glob("*.json")):
            yield ShopKey(file.stem)

    async def observe(self, shops: Sequence[ShopKey]) -> AsyncIterator[Observed]:
        for shop in shops:
            held = self._read("GET", shop)
            if held is None:
                yield Observed.unknown(shop, diagnostic(codes.SHOP_UNKNOWN, msg("no such shop"), shop=shop))
            else:
                yield Observed(shop=shop, reads=_reads(shop, held))

    async def execute(self, write: WriteRequest) -> WriteResult:
        held = self._read("PUT", write.shop)
        if held is None:
            raise ShopUnknown(msg("no such shop"), reason="SHOP_NOT_FOUND")
        # An endpoint may be written without a version, if its seller is new.
        if write.version != _reads(write.shop, held)[write.kind].version and write.version:
            raise Conflict(msg("the shop has changed"))
        _WRITES[write.kind](held, write)
        held["revision"] += 1
        file = self._folder / f"{write.shop}.json"
        part = file.with_suffix(".part")
        part.write_text(json.dumps(held, ensure_ascii=False), encoding="utf-8")
        part.replace(file)
        return WriteResult(kind=write.kind, now=_reads(write.shop, held)[write.kind])

    def _read(self, method: str, shop: ShopKey) -> dict[str, Any] | None:
        file = self._folder / f"{shop}.json"
        found: dict[str, Any] | None = json.loads(file.read_text("utf-8")) if file.exists() else None
        status = 200 if found is not None else 404
        self.requests.append(RequestLogEntry(method=method, path=f"platform/{shop}", status=status))
        return found


def _reads(shop: ShopKey, held: dict[str, Any]) -> dict[str, Known]:
    use, token = held["use"], held["token"]
    complete = all(held[name] is not None for name in ("seller", "client", "token", "mail"))
    values = {
        "amazon_settings": AmazonSettings(
            enabled=use,
            seller_id=held["seller"] or ABSENT,
            client_id=held["client"] or ABSENT,
            mws_auth_token=ABSENT if token is None else SealedSecret(token["salt"], token["digest"]),
            notification_email=held["mail"] or ABSENT,
            merchant_site_url=f"https://platform.example/amazon-pay/{shop}",
            api_status=ApiStatus.UNCHECKED,
            buttons_visible=use and complete,
        ),
        "amazon_pay_payment": AmazonPayPayment(  # 利用する and 通常販売 follow 利用設定
            use=use, regular=use, pre_order=held["pre_order"], subscription=held["subscription"]
        ),
        "system_parts": SystemParts(output=use, messages={name: held["texts"].get(name, ABSENT) for name in TEXTS}),
        "ipn_endpoint": IpnEndpoint(
            registration=Registration.REGISTERED if held["endpoint"] else Registration.ABSENT,
            seller_id=held["seller"] or ABSENT,
            others=(),
        ),
        "storefront_status": StorefrontState(status=StorefrontStatus.OPEN if held["open"] else StorefrontStatus.CLOSED),
        "entitlements": Entitlements(
            pay_option=True,
            amazon_contract=True,
            commerce_creator=CommerceCreator.RUNNING,
            subscription_applications=True,
        ),
    }
    return {kind: Known(value, _version(kind, value, held)) for kind, value in values.items()}


def _version(kind: str, value: object, held: dict[str, Any]) -> str:
    """Of the content; that of the storefront counts all writes, since each write of it must give a new one."""
    content = str(held["revision"]) if kind == "storefront_status" else f"{held['token']} {value!r}"
    return hashlib.sha256(f"{kind} {content}".encode()).hexdigest()[:12]


def _write_settings(held: dict[str, Any], write: WriteRequest) -> None:
    values: dict[str, Any] = dict(write.values)
    if "enabled" in values and held["open"]:
        raise Locked(msg("the shop is open"))
    names = {"enabled": "use", "seller_id": "seller", "client_id": "client", "notification_email": "mail"}
    held.update({names[name]: value for name, value in values.items() if name in names})
    if "mws_auth_token" in values:  # only its seal is kept
        sealed = seal_secret(values["mws_auth_token"], secrets.token_hex(16))
        held["token"] = {"salt": sealed.salt, "digest": sealed.digest}


def _write_payment(held: dict[str, Any], write: WriteRequest) -> None:
    if "auto_link" in write.values:
        raise Rejected(msg("this platform has no 自動連携"), reason="VALIDATION_ERROR")
    held.update(write.values)


def _write_texts(held: dict[str, Any], write: WriteRequest) -> None:
    held["texts"].update(dict(write.values["messages"]))  # type: ignore[arg-type]  # a map field is written as a mapping


def _write_endpoint(held: dict[str, Any], write: WriteRequest) -> None:
    held["endpoint"] = write.values["registration"] is Registration.REGISTERED


def _write_storefront(held: dict[str, Any], write: WriteRequest) -> None:
    held["open"] = write.values["status"] is StorefrontStatus.OPEN


_WRITES = {
    "amazon_settings": _write_settings,
    "amazon_pay_payment": _write_payment,
    "system_parts": _write_texts,
    "ipn_endpoint": _write_endpoint,
    "storefront_status": _write_storefront,
}
