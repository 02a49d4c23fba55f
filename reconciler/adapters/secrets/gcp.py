"""`ref+gcpsecrets://PROJECT/NAME[/VERSION]#KEY`: a key of a secret in Google Secret Manager whose text is a JSON object; without
`#KEY`, its text.

In: a project, a name and a version, `latest` if none is named. Out: the text. Credentials are Google's application default
credentials: a file named by `GOOGLE_APPLICATION_CREDENTIALS` (also of workload identity federation), those of `gcloud`, or the
account of the machine. google-auth obtains the token; all requests are this project's own.
`CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER` replaces the address.

Source: https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access
"""

from __future__ import annotations

import base64
import logging
import os
import re
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import google.auth
import httpx
from google.auth.exceptions import TransportError
from google.auth.transport import Request, Response

from reconciler.adapters.secrets.documents import SecretStoreUnavailable
from reconciler.adapters.secrets.schemes import display_locator
from reconciler.adapters.secrets.store_http import SECONDS, StoreAnswer, StoreHttp, StoreRequest, safe_address
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.lib.addresses import is_loopback, is_safe_address
from reconciler.ports import SecretMissing

_ADDRESS: Final = "https://secretmanager.googleapis.com"
_OVERRIDE: Final = "CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER"
_SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
_PROJECT: Final = re.compile(r"[a-z0-9][a-z0-9.:-]{0,62}")
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,255}")
_VERSION: Final = re.compile(r"latest|\d{1,12}|[A-Za-z][A-Za-z0-9_-]{0,62}")
_METADATA: Final = frozenset({"metadata.google.internal", "169.254.169.254"})
_PROJECTS: Final = "cloudresourcemanager.googleapis.com"
_MOST_BYTES: Final = 1024 * 1024


class GoogleSecrets:
    """One per run. `sleep` waits between attempts."""

    def __init__(self, sleep: Callable[[float], object] = time.sleep) -> None:
        logging.getLogger("google").setLevel(logging.CRITICAL)  # it can log answers, with tokens in them
        self._http = StoreHttp(sleep)
        self._transport = _GoogleTransport()
        self._known: Any = None
        self._turn = threading.Lock()

    def read(self, path: str) -> str:
        """Raises SecretMissing."""
        resource = _resource(path)
        address = safe_address(_OVERRIDE, os.environ.get(_OVERRIDE) or _ADDRESS)
        token = self._token()
        request = StoreRequest(
            method="GET", url=f"{address}/v1/{resource}:access", headers={"Authorization": f"Bearer {token}"}
        )
        answer = self._http.send(lambda: request)
        if isinstance(answer, Message):
            raise SecretStoreUnavailable(
                msg("Google Secret Manager at {address} cannot be reached: {reason}", address=address, reason=answer),
                hint=msg("Check the network, and {variable} where it is set", variable=_OVERRIDE),
            )
        if answer.status != httpx.codes.OK:
            raise _refusal(answer, path)
        return _text(answer, path)

    def _token(self) -> str:
        with self._turn:
            try:
                if self._known is None:
                    with warnings.catch_warnings():  # about the quota of people's own accounts
                        warnings.simplefilter("ignore")
                        self._known, _ = google.auth.default(scopes=[_SCOPE], request=self._transport)
                if not self._known.valid:
                    self._known.refresh(self._transport)
                token = self._known.token
            except Exception as error:  # noqa: BLE001  # third-party code; not chained: it may quote an answer
                raise SecretStoreUnavailable(
                    msg("The credentials of Google cannot be obtained ({error})", error=type(error).__name__),
                    hint=msg(
                        "Set GOOGLE_APPLICATION_CREDENTIALS, as google-github-actions/auth does, or run"
                        " `gcloud auth application-default login`"
                    ),
                ) from None
        return str(token)


class _GoogleResponse(Response):
    def __init__(self, answer: httpx.Response) -> None:
        self._answer = answer

    @property
    def status(self) -> int:
        return self._answer.status_code

    @property
    def headers(self) -> Mapping[str, str]:
        return self._answer.headers

    @property
    def data(self) -> bytes:
        return self._answer.content[:_MOST_BYTES]


class _GoogleTransport(Request):
    """The requests of google-auth over httpx: bounded, never redirected, over https, but to this machine and to the metadata
    server of Google's machines.
    """

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **_: object,
    ) -> _GoogleResponse:
        host = urlsplit(url).hostname or ""
        if host == _PROJECTS:  # google-auth would look up the project of the account, which is not needed
            return _GoogleResponse(httpx.Response(httpx.codes.NOT_FOUND, content=b"{}"))
        if not is_safe_address(url) and host not in _METADATA:
            raise TransportError("an address that is not encrypted")  # type: ignore[no-untyped-call]  # without types
        seconds = SECONDS if timeout is None else min(timeout, SECONDS)
        direct = is_loopback(host) or host in _METADATA
        try:
            with httpx.Client(trust_env=not direct, timeout=seconds) as client:
                response = client.request(method, url, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise TransportError(type(error).__name__) from None  # type: ignore[no-untyped-call]  # without types
        return _GoogleResponse(response)


def _resource(path: str) -> str:
    parts = path.strip("/").split("/")
    if len(parts) in {2, 3}:
        project, name, version = [*parts, "latest"][:3]
        if _PROJECT.fullmatch(project) and _NAME.fullmatch(name) and _VERSION.fullmatch(version):
            return f"projects/{project}/secrets/{name}/versions/{version}"
    raise SecretMissing(
        msg("{ref} names no secret of Google", ref=f"ref+gcpsecrets://{display_locator(path)}"),
        hint=msg("Write {form}", form="ref+gcpsecrets://PROJECT/NAME#KEY"),
    )


def _refusal(answer: StoreAnswer, path: str) -> SecretMissing:
    shown = display_locator(path)
    match answer.status:
        case 401:
            return SecretStoreUnavailable(
                msg("Google does not accept its credentials: they are expired or wrong"),
                hint=msg("Run `gcloud auth application-default login` again, or check the identity of the CI job"),
            )
        case 403:
            return SecretMissing(
                msg("Google does not allow its account to read {path}", path=shown),
                hint=msg("Grant the role `roles/secretmanager.secretAccessor` on the secret, and enable the API"),
                unread=True,
            )
        case 404:
            return SecretMissing(
                msg("Google has no secret {path}, or not this version of it", path=shown),
                hint=msg("Check project, name and version, or store the secret there"),
            )
        case 429:
            return SecretStoreUnavailable(
                msg("Google refuses further requests: its quota is used up"),
                hint=msg("Run the command again later; secrets of many shops in one JSON object need one request"),
            )
        case 400:
            return SecretMissing(
                msg("Google does not hand out {path}: the version is disabled or destroyed", path=shown),
                hint=msg("Enable the version, or add a new one"),
            )
        case status:
            return SecretStoreUnavailable(
                msg("Google Secret Manager answers with status {status}", status=status),
                hint=msg("Run the command again later"),
            )


def _text(answer: StoreAnswer, path: str) -> str:
    payload = answer.data.get("payload")
    data = payload.get("data") if isinstance(payload, Mapping) else None
    try:
        return base64.b64decode(str(data), validate=True).decode() if data is not None else ""
    except ValueError:  # not chained: it quotes the text
        raise SecretMissing(
            msg("The secret {path} of Google is not a text", path=display_locator(path)),
            hint=msg("Store it as a text"),
        ) from None
