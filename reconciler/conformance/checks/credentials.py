"""API values and tokens. A token is written only where it can be restored, or where the contract says that it is refused."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Mapping
from typing import Any, Final

from reconciler.conformance.answers import expect_keys, expect_problem, expect_status, expect_value
from reconciler.conformance.kit import Kit
from reconciler.conformance.registry import checks_clause
from reconciler.conformance.shop_state import SETTINGS, NamedShop
from reconciler.conformance.verdicts import ClauseNotChecked
from reconciler.core.diagnostics.messages import msg
from reconciler.core.values import Secret

_PRE_SET_LITERAL: Final = "Pre-Set_with_information_from_Amazon"


@checks_clause("K231")
async def _wrong_api_values(kit: Kit) -> None:
    state = kit.find(_has_all_values, msg("no named shop has a seller id, a client id and a token"))
    before = (await kit.resource(state.shop, SETTINGS)).body
    mail = (
        {} if before.get("notificationEmail") is None else {"notificationEmail": f"check-{kit.run}@reconciler.example"}
    )
    answer = await kit.patch(state.shop, SETTINGS, {"clientId": "not-a-client-id", **mail})
    expect_problem(answer, "AMAZON_API_ERROR")
    errors = answer.body.get("errors")
    fields = [each.get("field") for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
    if "clientId" not in fields:
        raise answer.broken(msg("`errors` names `{field}`", field="clientId"))
    expect_keys(answer, before, (await kit.resource(state.shop, SETTINGS)).body)


@checks_clause("K232")
async def _digest(kit: Kit) -> None:
    token = _given(kit)
    found = [state for state in kit.before if state.values[SETTINGS]["mwsAuthToken"].get("state") == "SET"]
    if not found:
        raise ClauseNotChecked(msg("no named shop has a token in state SET"))
    for state in found:
        answer = await kit.resource(state.shop, SETTINGS)
        seal = answer.body["mwsAuthToken"]
        expect_value(answer, "mwsAuthToken.digest", _digest_of(token, seal.get("salt")), seal.get("digest"))


@checks_clause("K233")
async def _salt_stays(kit: Kit) -> None:
    state = _shop_with_token(kit)
    before = (await kit.resource(state.shop, SETTINGS)).body["mwsAuthToken"]
    answer = expect_status(await kit.patch(state.shop, SETTINGS, {"mwsAuthToken": _given(kit).reveal()}), 200)
    expect_value(answer, "mwsAuthToken", before, answer.body.get("mwsAuthToken"))
    expect_value(answer, "mwsAuthToken", before, (await kit.resource(state.shop, SETTINGS)).body.get("mwsAuthToken"))


@checks_clause("K234")
async def _pre_set_stays(kit: Kit) -> None:
    _given(kit)
    state = kit.find(
        lambda each: each.values[SETTINGS]["mwsAuthToken"].get("state") == "PRE_SET",
        msg("no named shop has a pre-set token"),
    )
    answer = await kit.patch(state.shop, SETTINGS, {"mwsAuthToken": f"amzn.mws.{uuid.uuid4()}"})
    expect_problem(answer, "TOKEN_PRE_SET")
    after = (await kit.resource(state.shop, SETTINGS)).body.get("mwsAuthToken")
    expect_value(answer, "mwsAuthToken", {"state": "PRE_SET"}, after)


@checks_clause("K235")
async def _literal(kit: Kit) -> None:
    state = _shop_with_token(kit)
    answer = await kit.patch(state.shop, SETTINGS, {"mwsAuthToken": _PRE_SET_LITERAL})
    try:
        expect_problem(answer, "VALIDATION_ERROR")
    finally:
        if answer.status == 200:
            await kit.patch(state.shop, SETTINGS, {"mwsAuthToken": _given(kit).reveal()})


def _given(kit: Kit) -> Secret:
    if kit.token is None:
        raise ClauseNotChecked(msg("needs `--token`: the token that the named shops hold"))
    return kit.token


def _shop_with_token(kit: Kit) -> NamedShop:
    token = _given(kit)
    return kit.find(
        lambda state: _is_sealed(token, state.values[SETTINGS]["mwsAuthToken"]),
        msg("no named shop holds the token of `--token`"),
    )


def _is_sealed(token: Secret, seal: Mapping[str, Any]) -> bool:
    return seal.get("state") == "SET" and _digest_of(token, seal.get("salt")) == seal.get("digest")


def _digest_of(token: Secret, salt: Any) -> str | None:
    try:
        return hmac.new(bytes.fromhex(salt), token.reveal().encode(), hashlib.sha256).hexdigest()
    except (TypeError, ValueError):
        return None


def _has_all_values(state: NamedShop) -> bool:
    settings = state.values[SETTINGS]
    return bool(settings.get("sellerId") and settings.get("clientId")) and settings["mwsAuthToken"]["state"] != "UNSET"
