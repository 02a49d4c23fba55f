"""Whether Amazon accepts a shop's API values.

In: the three values after a write, and what is known about the seller's account.
Out: the values Amazon would reject; none means it accepts them.
The default uses no network. It accepts any value in Amazon's form, unless the account or the token is registered as
revoked. Which values Amazon rejects, and with what text, is not known [?]; this is the embedded backend's choice.

A token written earlier is present only sealed: then `clear_token` is None, `token_well_formed` is what was found when
it was written, and `token` (salt and digest) can be matched against sealed tokens.
"""

import re
from typing import Protocol

from pydantic import SecretStr

from reconciler.embedded.contract.token_seal import Token, TokenSet, verify_seal
from reconciler.lib.frozen_class import frozen

SELLER_ID = re.compile(r"A[A-Z0-9]{9,20}")
CLIENT_ID = re.compile(r"amzn1\.application-oa2-client\.[0-9a-f]{32}")
TOKEN = re.compile(r"amzn\.mws\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@frozen
class Account:
    """A seller's account as Amazon knows it."""

    seller_id: str
    client_id: str | None = None
    revoked: bool = False
    revoked_tokens: tuple[TokenSet, ...] = ()


@frozen
class Credentials:
    seller_id: str
    client_id: str
    token: Token
    token_well_formed: bool
    clear_token: SecretStr | None = None
    account: Account | None = None


@frozen
class Rejection:
    """`code` is one of a field, for clients that translate."""

    field: str
    message: str
    code: str = "AMAZON_API_ERROR"


class Verifier(Protocol):
    """May be any object. It is called inside the write transaction, so it must answer quickly."""

    def verify(self, credentials: Credentials) -> tuple[Rejection, ...]: ...


class AmazonVerifier:
    """The default: Amazon's forms, and the accounts registered as revoked."""

    def verify(self, credentials: Credentials) -> tuple[Rejection, ...]:
        account = credentials.account
        found = [
            _form("sellerId", credentials.seller_id, SELLER_ID),
            _form("clientId", credentials.client_id, CLIENT_ID),
            _token_form(credentials),
        ]
        if account is not None:
            found += [_account(account), _client_of(account, credentials), _revoked_token(account, credentials)]
        return tuple(rejection for rejection in found if rejection is not None)


def token_is_well_formed(clear: str) -> bool:
    return TOKEN.fullmatch(clear) is not None


def _form(field: str, value: str, pattern: re.Pattern[str]) -> Rejection | None:
    if pattern.fullmatch(value):
        return None
    if value != value.strip():
        return Rejection(field=field, message="it starts or ends with a space")
    return Rejection(field=field, message="Amazon does not know this value")


def _token_form(credentials: Credentials) -> Rejection | None:
    if credentials.clear_token is not None:
        return _form("mwsAuthToken", credentials.clear_token.get_secret_value(), TOKEN)
    if credentials.token["state"] == "PRE_SET" or credentials.token_well_formed:
        return None
    return Rejection(field="mwsAuthToken", message="Amazon does not know this value")


def _account(account: Account) -> Rejection | None:
    if not account.revoked:
        return None
    return Rejection(field="sellerId", code="ACCESS_REVOKED", message="Amazon revoked the access to this seller")


def _client_of(account: Account, credentials: Credentials) -> Rejection | None:
    if account.client_id in (None, credentials.client_id):
        return None
    return Rejection(field="clientId", code="OTHER_SELLER", message="this client id belongs to another seller")


def _revoked_token(account: Account, credentials: Credentials) -> Rejection | None:
    clear = credentials.clear_token
    for sealed in account.revoked_tokens:
        if sealed == credentials.token or (clear is not None and verify_seal(sealed, clear.get_secret_value())):
            return Rejection(field="mwsAuthToken", code="TOKEN_REVOKED", message="Amazon revoked this token")
    return None
