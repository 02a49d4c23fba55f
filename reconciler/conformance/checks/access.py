"""Tokens, the header of the shop, unknown shops, capabilities."""

from __future__ import annotations

from reconciler.conformance.answers import expect_problem, expect_status
from reconciler.conformance.client import API, path_of_shop
from reconciler.conformance.kit import Kit
from reconciler.conformance.registry import checks_clause
from reconciler.conformance.shop_state import STOREFRONT
from reconciler.conformance.verdicts import ClauseNotOffered, named_value
from reconciler.core.diagnostics.messages import msg


@checks_clause("K101")
async def _wrong_secret(kit: Kit) -> None:
    expect_problem(await kit.client.request_token(f"not-the-secret-{kit.run}"), "INVALID_CLIENT")


@checks_clause("K102")
async def _token_response(kit: Kit) -> None:
    answer = expect_status(await kit.client.request_token(), 200)
    lifetime, kind = answer.body.get("expires_in"), answer.body.get("token_type")
    if type(lifetime) is not int or lifetime <= 0:
        raise answer.broken(msg("`expires_in` in seconds"), named_value("expires_in", lifetime))
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise answer.broken(named_value("token_type", "Bearer"), named_value("token_type", kind))


@checks_clause("K103")
async def _unknown_token(kit: Kit) -> None:
    path = path_of_shop(kit.shop, STOREFRONT)
    for value in ("", "Bearer", f"Bearer not-a-token-{kit.run}"):
        answer = await kit.client.send("GET", path, kit.shop, headers={"Authorization": value})
        expect_problem(answer, "INVALID_TOKEN")


@checks_clause("K104")
async def _other_shop_key(kit: Kit) -> None:
    others = [state.shop for state in kit.before[1:]] or [f"other-{kit.run}"]
    answer = await kit.client.send("GET", path_of_shop(kit.shop, STOREFRONT), headers={"X-SHOP-KEY": others[0]})
    expect_problem(answer, "SHOP_KEY_MISMATCH")


@checks_clause("K105")
async def _unknown_shop(kit: Kit) -> None:
    unknown = f"unknown-{kit.run}"
    code = "SHOP_NOT_FOUND" if kit.operator else "SHOP_KEY_MISMATCH"
    for route in ("amazon-settings", STOREFRONT, "integration"):
        expect_problem(await kit.client.read(path_of_shop(unknown, route), unknown), code)


@checks_clause("K106")
async def _capabilities(kit: Kit) -> None:
    answer = await kit.client.read(f"{API}/capabilities")
    if answer.status == 404:
        raise ClauseNotOffered
    names = expect_status(answer, 200).body.get("capabilities") if isinstance(answer.body, dict) else None
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise answer.broken(msg("a list of names"), named_value("capabilities", names))
