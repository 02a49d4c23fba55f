"""What the checks of the clauses share: the client, the named shops, and ways to write that can be undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from reconciler.conformance.answers import BackendAnswer, expect_status
from reconciler.conformance.client import API, KitClient, path_of_shop, require_json
from reconciler.conformance.shop_state import (
    ENTITLEMENTS,
    PARTS,
    PAYMENT,
    SETTINGS,
    STOREFRONT,
    NamedShop,
    read_named_shop,
)
from reconciler.conformance.verdicts import ClauseNotChecked
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.values import Secret
from reconciler.lib.frozen_class import frozen


@frozen
class Probe:
    """A write that can be undone: the value of one key becomes another one. `name` is how the trail calls the key."""

    shop: str
    route: str
    name: str
    before: Any
    after: Any
    make: Callable[[Any], Mapping[str, Any]]

    @property
    def path(self) -> str:
        return path_of_shop(self.shop, self.route)

    @property
    def method(self) -> str:
        return "PUT" if self.route == STOREFRONT else "PATCH"

    def value_in(self, body: Mapping[str, Any]) -> Any:
        if self.route != PARTS:
            return body.get(self.name)
        part, key = self.name.split(".")[1:]
        return next((each.get(key) for each in body.get("parts", ()) if each.get("part") == part), None)


@dataclass(slots=True)
class Kit:
    """`run` is a short text that is unique to this check. `token` is the MWSAuthToken that the named shops hold, if it was given.
    `before` are the shops as they were; `memory` keeps what several clauses observe together.
    """

    client: KitClient
    run: str
    before: Sequence[NamedShop]
    capabilities: frozenset[str] = frozenset()
    operator: bool = True
    token: Secret | None = None
    memory: dict[str, Any] = field(default_factory=dict)

    @property
    def shop(self) -> str:
        return self.before[0].shop

    @property
    def unknown_seller(self) -> str:
        """The id of a seller that no shop names."""
        return f"A0{self.run.upper()}CHECK"

    async def state(self, shop: str) -> NamedShop:
        return await read_named_shop(self.client, shop)

    async def integration(self, shop: str, environment: str = "PRODUCTION") -> BackendAnswer:
        answer = await self.client.read(f"{path_of_shop(shop, 'integration')}?environment={environment}", shop)
        return require_json(answer)

    async def resource(self, shop: str, route: str) -> BackendAnswer:
        return require_json(await self.client.read(path_of_shop(shop, route), shop))

    async def write(
        self, probe: Probe, value: Any, *, if_match: str | None = None, headers: Mapping[str, str] | None = None
    ) -> BackendAnswer:
        """Under the present version, unless another one is given."""
        tag = (await self.resource(probe.shop, probe.route)).etag if if_match is None else if_match
        sent = {"If-Match": tag, **(headers or {})}
        return await self.client.send(probe.method, probe.path, probe.shop, probe.make(value), headers=sent)

    async def patch(self, shop: str, route: str, body: Any, **headers: str) -> BackendAnswer:
        """Any body under the present version."""
        tag = (await self.resource(shop, route)).etag
        sent = {"If-Match": tag, **{name.replace("_", "-"): value for name, value in headers.items()}}
        method = "PUT" if route == STOREFRONT else "PATCH"
        return await self.client.send(method, path_of_shop(shop, route), shop, body, headers=sent)

    async def close(self, shop: str) -> None:
        if (await self.resource(shop, STOREFRONT)).body.get("status") != "CLOSED":
            expect_status(await self.patch(shop, STOREFRONT, {"status": "CLOSED"}), 200)

    async def open_without_amazon(self) -> str:
        """A named shop, open for the moment; `useAmazon` is off before it is opened."""
        for state in sorted(self.before, key=lambda each: each.enabled):
            if state.enabled and not state.consistent:
                continue
            if state.enabled:
                await self.close(state.shop)
                expect_status(await self.patch(state.shop, SETTINGS, {"useAmazon": False}), 200)
            if (await self.resource(state.shop, STOREFRONT)).body.get("status") != "OPEN":
                expect_status(await self.patch(state.shop, STOREFRONT, {"status": "OPEN"}), 200)
            return state.shop
        raise inconsistent()

    def probes(self) -> list[Probe]:
        """At most one for each resource, each of a named shop where it can be undone."""
        found = [self._first(make) for make in (_mail_probe, _payment_probe, _parts_probe)]
        return [*(each for each in found if each is not None), _storefront_probe(self.before[0], self.run)]

    def probe(self, *routes: str) -> Probe:
        """Of a resource whose values change: the first of these routes, by default of settings, payment and parts."""
        wanted = routes or (SETTINGS, PAYMENT, PARTS)
        for each in self.probes():
            if each.route in wanted:
                return each
        raise ClauseNotChecked(
            msg("no named shop has a value that can be changed and restored in: {routes}", routes=", ".join(wanted))
        )

    def _first(self, make: Callable[[NamedShop, str], Probe | None]) -> Probe | None:
        return next((probe for state in self.before if (probe := make(state, self.run)) is not None), None)

    def switchable(self) -> NamedShop:
        """A shop whose `useAmazon` can be written and restored; one that may turn it on comes first."""
        found = [state for state in self.before if state.consistent]
        if not found:
            raise inconsistent()
        return max(found, key=lambda state: entitled_to_amazon(state) and not state.open)

    def require_operator(self) -> None:
        if not self.operator:
            raise ClauseNotChecked(msg("the client is that of a shop; this route is for operators"))

    def find(self, fits: Callable[[NamedShop], bool], missing: Message) -> NamedShop:
        for state in self.before:
            if fits(state):
                return state
        raise ClauseNotChecked(missing)


def inconsistent() -> ClauseNotChecked:
    return ClauseNotChecked(
        msg("in every named shop `use`, `regular` or `output` differs from `useAmazon`, which could not be restored")
    )


def entitled_to_amazon(state: NamedShop) -> bool:
    entitled = state.values[ENTITLEMENTS]
    return bool(entitled.get("payOption") and entitled.get("amazonContract"))


def entitled_to_pre_order(state: NamedShop) -> bool:
    return state.values[ENTITLEMENTS].get("commerceCreator") in ("ENABLED", "RUNNING")


def entitled_to_subscription(state: NamedShop) -> bool:
    entitled = state.values[ENTITLEMENTS]
    return entitled.get("commerceCreator") == "RUNNING" and bool(entitled.get("subscriptionApplications"))


def list_path(seller: str, environment: str = "SANDBOX") -> str:
    return f"{API}/seller-central/{seller}/ipn-endpoints?environment={environment}"


def _mail_probe(state: NamedShop, run: str) -> Probe | None:
    mail = state.values[SETTINGS].get("notificationEmail")
    if mail is None:
        return None
    return _probe(state, SETTINGS, "notificationEmail", mail, f"check-{run}@reconciler.example")


def _payment_probe(state: NamedShop, _run: str) -> Probe | None:
    payment = state.values[PAYMENT]
    if isinstance(payment.get("autoLink"), bool):
        return _probe(state, PAYMENT, "autoLink", payment["autoLink"], not payment["autoLink"])
    if entitled_to_pre_order(state):
        return _probe(state, PAYMENT, "preOrder", payment.get("preOrder"), not payment.get("preOrder"))
    return None


def _parts_probe(state: NamedShop, run: str) -> Probe | None:
    for (part, key), text in state.texts.items():
        if text is not None:
            return Probe(
                shop=state.shop,
                route=PARTS,
                name=f"parts.{part}.{key}",
                before=text,
                after=f"check {run}",
                make=partial(_part_body, part, key),
            )
    return None


def _part_body(part: str, key: str, value: Any) -> Mapping[str, Any]:
    return {"parts": [{"part": part, key: value}]}


def _storefront_probe(state: NamedShop, _run: str) -> Probe:
    """The status that it has already: it is written again."""
    status = state.values[STOREFRONT].get("status")
    return _probe(state, STOREFRONT, "status", status, status)


def _probe(state: NamedShop, route: str, name: str, before: Any, after: Any) -> Probe:
    return Probe(shop=state.shop, route=route, name=name, before=before, after=after, make=lambda value: {name: value})
