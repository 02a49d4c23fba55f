"""Random tokens, and the form in which they are kept.

In: nothing, or a token. Out: a token that cannot be guessed; its SHA-256, from which the token cannot be computed.
"""

import hashlib
import secrets


def new_token() -> str:
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
