"""`ref+vault://PATH#KEY`: a key of a secret in HashiCorp Vault or OpenBao, in an engine `kv` of version 2 or 1.

In: the path as `vault kv get PATH` takes it, such as `secret/shops/kyoto-tea`. Out: the keys of the newest version of the
secret. Where Vault is, and the token, come from the variables of its own command line: `VAULT_ADDR`, `VAULT_TOKEN` or the file
`~/.vault-token`, `VAULT_NAMESPACE`, `VAULT_CACERT`. One request finds the engine, one reads the secret; both are repeated for a
few seconds while Vault restarts.

Source: https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2 and /vault/api-docs/system/internal-ui-mounts
"""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx

from reconciler import __version__
from reconciler.adapters.secrets.schemes import display_locator
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import redact
from reconciler.lib.addresses import is_loopback, is_safe_address
from reconciler.ports import SecretMissing

_SECONDS: Final = 5.0
_WAITS: Final = (0.2, 1.0, 2.0)
"""Seconds before each further attempt."""
_MOST_BYTES: Final = 1024 * 1024
_PASSING: Final = frozenset({429, 472, 473, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultAnswer:
    status: int
    data: Mapping[str, Any]


class Vault:
    """One per run. `sleep` waits between attempts."""

    def __init__(
        self, environment: Mapping[str, str] | None = None, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self._environment = os.environ if environment is None else environment
        self._sleep = sleep
        self._client: httpx.Client | None = None
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
        raise SecretMissing(
            msg("Vault has no secret at {path}", path=display_locator(path)),
            hint=msg("Store it there with `vault kv put`, or correct the path"),
        )

    def _engine(self, path: str) -> tuple[str, bool]:
        """Where the engine of the path is mounted, and whether it keeps versions. Without permission to ask, the first part of
        the path is taken as the mount of an engine that does.
        """
        known = next((mount for mount in self._engines if path.startswith(f"{mount}/")), None)
        if known is None:
            asked = self._ask(f"sys/internal/ui/mounts/{path}")
            content = asked.data.get("data") if asked.status == httpx.codes.OK else None
            known, versioned = _mount_of(content, path.partition("/")[0])
            self._engines[known] = versioned
        return known, self._engines[known]

    def _get(self, address: str, path: str) -> VaultAnswer:
        answer, shown = self._ask(address), display_locator(path)
        match answer.status:
            case httpx.codes.OK:
                return answer
            case 403:
                raise SecretMissing(
                    msg("Vault does not allow its token to read {path}", path=shown),
                    hint=msg("Check that VAULT_TOKEN is valid and that its policy allows to read the path"),
                )
            case 404:
                raise SecretMissing(
                    msg("Vault has no secret at {path}", path=shown),
                    hint=msg("Store it there with `vault kv put`, or correct the path"),
                )
            case status:
                raise SecretMissing(
                    msg("Vault answers {path} with status {status}", path=shown, status=status),
                    hint=msg("Check that Vault is unsealed and healthy: `vault status`"),
                )

    def _ask(self, address: str) -> VaultAnswer:
        """Repeated where another attempt may fare better."""
        for wait in (*_WAITS, None):
            answer = self._once(address)
            if isinstance(answer, VaultAnswer) and answer.status not in _PASSING:
                return answer
            if wait is None:
                break
            self._sleep(wait)
        if isinstance(answer, VaultAnswer):
            return answer
        raise SecretMissing(
            msg("Vault at {address} cannot be reached: {reason}", address=self._address, reason=answer),
            hint=msg("Check VAULT_ADDR, and that Vault is running"),
        )

    def _once(self, address: str) -> VaultAnswer | Message:
        headers = {"X-Vault-Token": self._token(), "X-Vault-Request": "true", "User-Agent": f"reconciler/{__version__}"}
        namespace = self._environment.get("VAULT_NAMESPACE")
        if namespace:
            headers["X-Vault-Namespace"] = namespace
        try:
            with self._http().stream("GET", f"/v1/{quote(address)}", headers=headers) as response:
                return _whole(response)
        except httpx.TimeoutException:
            return msg("no answer in time")
        except httpx.ConnectError:
            return msg("no connection could be made")
        except httpx.HTTPError:
            return msg("the connection broke")

    def _http(self) -> httpx.Client:
        if self._client is None:
            local = is_loopback(urlsplit(self._address).hostname or "")
            authority = self._environment.get("VAULT_CACERT")
            verify = ssl.create_default_context(cafile=authority) if authority else True
            self._client = httpx.Client(base_url=self._address, trust_env=not local, timeout=_SECONDS, verify=verify)
        return self._client

    @property
    def _address(self) -> str:
        address = self._environment.get("VAULT_ADDR", "")
        if not address:
            raise SecretMissing(
                msg("The environment variable {name} is not set", name="VAULT_ADDR"),
                hint=msg("Set it to the address of Vault, such as https://vault.example:8200"),
            )
        if not is_safe_address(address):
            raise SecretMissing(
                msg("VAULT_ADDR is {address}: its token would travel unencrypted", address=redact(address)),
                hint=msg("Use https; http is accepted for this machine only"),
            )
        return address.rstrip("/")

    def _token(self) -> str:
        token = self._environment.get("VAULT_TOKEN", "").strip() or _token_file(self._environment)
        if token and token.isascii() and token.isprintable():
            return token
        raise SecretMissing(
            msg("There is no token for Vault"),
            hint=msg("Set VAULT_TOKEN, or run `vault login`"),
        )


def _token_file(environment: Mapping[str, str]) -> str:
    home = environment.get("HOME")
    try:
        return "" if not home else (Path(home) / ".vault-token").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _mount_of(content: object, first: str) -> tuple[str, bool]:
    if not isinstance(content, Mapping) or not isinstance(content.get("path"), str):
        return first, True
    options = content.get("options")
    version = options.get("version") if isinstance(options, Mapping) else None
    return content["path"].strip("/"), version == "2"


def _whole(response: httpx.Response) -> VaultAnswer | Message:
    body = b""
    for part in response.iter_bytes():
        body += part
        if len(body) > _MOST_BYTES:
            return msg("its answer is too large")
    try:
        parsed = httpx.Response(response.status_code, content=body).json() if body else {}
    except ValueError:
        parsed = {}
    return VaultAnswer(status=response.status_code, data=parsed if isinstance(parsed, dict) else {})
