"""`ref+vault://PATH#KEY`: a key of a secret in HashiCorp Vault or OpenBao, in an engine `kv` of version 2 or 1.

In: the path as `vault kv get PATH` takes it, such as `secret/shops/kyoto-tea`. Out: the keys of the newest version of the
secret. Where Vault is, and the token, come from the variables of its own command line: `VAULT_ADDR`, `VAULT_TOKEN` or the file
`~/.vault-token`, `VAULT_NAMESPACE`, `VAULT_CACERT`. One request finds the engine, one reads the secret; both are repeated for a
few seconds while Vault restarts.

Source: https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2 and /vault/api-docs/system/internal-ui-mounts
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

import httpx

from reconciler.adapters.secrets.documents import SecretStoreUnavailable
from reconciler.adapters.secrets.schemes import display_locator
from reconciler.adapters.secrets.store_http import StoreAnswer, StoreHttp, StoreRequest, safe_address
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.ports import SecretMissing

_TRANSIENT: Final = frozenset({472, 473})


class Vault:
    """One per run. `sleep` waits between attempts."""

    def __init__(
        self, environment: Mapping[str, str] | None = None, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self._environment = os.environ if environment is None else environment
        self._sleep = sleep
        self._client: StoreHttp | None = None
        self._engines: dict[str, bool] = {}

    def read(self, path: str) -> Mapping[str, object]:
        """Raises SecretMissing."""
        path = path.strip("/")
        mount, versioned = self._engine(path)
        rest = path.removeprefix(mount).lstrip("/")
        answer = self._get(f"{mount}/data/{rest}" if versioned else f"{mount}/{rest}", path)
        content = answer.data.get("data")
        found = content.get("data") if versioned and isinstance(content, Mapping) else content
        if isinstance(found, Mapping):
            return found
        raise _no_secret(path)

    def _engine(self, path: str) -> tuple[str, bool]:
        """Where the engine of the path is mounted, and whether it keeps versions. Without permission to ask, the first part of
        the path is taken as the mount of an engine that does.
        """
        known = next((mount for mount in tuple(self._engines) if path.startswith(f"{mount}/")), None)
        if known is None:
            asked = self._ask(f"sys/internal/ui/mounts/{path}")
            if asked.status not in {httpx.codes.OK, httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND}:
                raise self._refusal(asked, path)
            content = asked.data.get("data") if asked.status == httpx.codes.OK else None
            known, versioned = _mount_of(content, path.partition("/")[0])
            self._engines[known] = versioned
        return known, self._engines[known]

    def _get(self, address: str, path: str) -> StoreAnswer:
        answer = self._ask(address)
        if answer.status == httpx.codes.OK:
            return answer
        if answer.status == httpx.codes.FORBIDDEN:
            raise self._forbidden(path)
        if answer.status == httpx.codes.NOT_FOUND:
            raise _no_secret(path)
        raise self._refusal(answer, path)

    def _forbidden(self, path: str) -> SecretMissing:
        """Vault answers alike to a token that is not valid and to one that may not read the path; it knows its own token."""
        if self._ask("auth/token/lookup-self").status == httpx.codes.FORBIDDEN:
            return SecretStoreUnavailable(
                msg("Vault does not accept its token: it is expired, revoked or of another server"),
                hint=msg("Get a new token, such as with `vault login`, and set VAULT_TOKEN to it"),
            )
        return SecretMissing(
            msg("Vault does not allow its token to read {path}", path=display_locator(path)),
            hint=msg(
                "Add the capability `read` for the path to a policy of the token: `vault token capabilities PATH`"
            ),
            unread=True,
        )

    def _refusal(self, answer: StoreAnswer, path: str) -> SecretMissing:
        if answer.status == httpx.codes.TOO_MANY_REQUESTS:
            return SecretStoreUnavailable(
                msg("Vault refuses further requests: its rate limit is reached"),
                hint=msg("Run the command again later, or raise the quota; secrets in few paths need few requests"),
            )
        if answer.status == httpx.codes.SERVICE_UNAVAILABLE and _is_sealed(answer):
            return SecretStoreUnavailable(
                msg("Vault at {address} is sealed", address=self._address),
                hint=msg("Unseal it: `vault operator unseal`"),
            )
        text = msg("Vault answers {path} with status {status}", path=display_locator(path), status=answer.status)
        hint = msg("Check that Vault is unsealed and healthy: `vault status`")
        down = answer.status >= httpx.codes.INTERNAL_SERVER_ERROR or answer.status in _TRANSIENT
        return (SecretStoreUnavailable if down else SecretMissing)(text, hint=hint)

    def _ask(self, address: str) -> StoreAnswer:
        """Raises SecretStoreUnavailable where there is no answer."""
        request = StoreRequest(method="GET", url=f"{self._address}/v1/{quote(address)}", headers=self._headers())
        answer = self._http().send(lambda: request)
        if isinstance(answer, StoreAnswer):
            return answer
        raise SecretStoreUnavailable(
            msg("Vault at {address} cannot be reached: {reason}", address=self._address, reason=answer),
            hint=msg("Check VAULT_ADDR, and that Vault is running"),
        )

    def _headers(self) -> Mapping[str, str]:
        namespace = self._environment.get("VAULT_NAMESPACE")
        named = {"X-Vault-Namespace": namespace} if namespace else {}
        return {"X-Vault-Token": self._token(), "X-Vault-Request": "true", **named}

    def _http(self) -> StoreHttp:
        if self._client is None:
            authority = self._environment.get("VAULT_CACERT")
            try:
                self._client = StoreHttp(self._sleep, authority=authority, transient=_TRANSIENT)
            except OSError:
                raise SecretStoreUnavailable(
                    msg("The certificates of VAULT_CACERT cannot be read"),
                    hint=msg("Set it to a file with the certificate of the authority, in PEM"),
                ) from None
        return self._client

    @property
    def _address(self) -> str:
        address = self._environment.get("VAULT_ADDR", "")
        if not address:
            raise SecretStoreUnavailable(
                msg("The environment variable {name} is not set", name="VAULT_ADDR"),
                hint=msg("Set it to the address of Vault, such as https://vault.example:8200"),
            )
        return safe_address("VAULT_ADDR", address)

    def _token(self) -> str:
        token = self._environment.get("VAULT_TOKEN", "").strip() or _token_file(self._environment)
        if token and token.isascii() and token.isprintable():
            return token
        raise SecretStoreUnavailable(
            msg("There is no token for Vault"),
            hint=msg("Set VAULT_TOKEN, or run `vault login`"),
        )


def _token_file(environment: Mapping[str, str]) -> str:
    home = environment.get("HOME")
    try:
        return "" if not home else (Path(home) / ".vault-token").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _no_secret(path: str) -> SecretMissing:
    text: Message = msg("Vault has no secret at {path}", path=display_locator(path))
    return SecretMissing(text, hint=msg("Store it there with `vault kv put`, or correct the path"))


def _is_sealed(answer: StoreAnswer) -> bool:
    errors = answer.data.get("errors")
    return isinstance(errors, list) and any("sealed" in error for error in errors if isinstance(error, str))


def _mount_of(content: object, first: str) -> tuple[str, bool]:
    if not isinstance(content, Mapping) or not isinstance(content.get("path"), str):
        return first, True
    options = content.get("options")
    version = options.get("version") if isinstance(options, Mapping) else None
    return content["path"].strip("/"), version == "2"
