"""How an MWSAuthToken is kept: as a salt and a keyed digest, never in clear.

In: a clear token, once, at the moment it is written. Out: TOKEN as docs/backend.md defines it.
There is no way back from a sealed token to the clear one. A copy under a key would be of use to a real connection with
Amazon; this backend has none, so it keeps nothing that could be stolen.
"""

import hashlib
import hmac
import secrets
from typing import Literal

from typing_extensions import TypedDict  # pydantic asks for this one below Python 3.12

PRE_SET_LITERAL = "Pre-Set_with_information_from_Amazon"


class TokenUnset(TypedDict):
    state: Literal["UNSET"]


class TokenSet(TypedDict):
    state: Literal["SET"]
    salt: str
    digest: str


class TokenPreSet(TypedDict):
    state: Literal["PRE_SET"]


Token = TokenUnset | TokenSet | TokenPreSet

UNSET: TokenUnset = {"state": "UNSET"}
PRE_SET: TokenPreSet = {"state": "PRE_SET"}


def seal(clear: str, salt: str | None = None) -> TokenSet:
    """Seal `clear` under `salt` (hex), or under a fresh one."""
    salt = salt or secrets.token_hex(16)
    digest = hmac.new(bytes.fromhex(salt), clear.encode(), hashlib.sha256).hexdigest()
    return {"state": "SET", "salt": salt, "digest": digest}


def verify_seal(sealed: Token, clear: str) -> bool:
    """Is `clear` the token that was sealed?"""
    if sealed["state"] != "SET":
        return False
    return hmac.compare_digest(seal(clear, sealed["salt"])["digest"], sealed["digest"])
