"""`ref+awssecrets://NAME#KEY`: a key of a secret in AWS Secrets Manager whose text is a JSON object; without `#KEY`, its text.

In: names or ARNs. Out: the texts of the present versions, read by `BatchGetSecretValue`, 20 per request, or one by one where the
role may not use it. Credentials come from the places that the AWS command line uses (variables, profiles, web identity, roles of
containers and machines), the region from `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile. botocore finds the credentials and
signs; the requests are this project's own. `AWS_ENDPOINT_URL_SECRETS_MANAGER` and `AWS_ENDPOINT_URL` replace the address.

Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/ and /sdkref/latest/guide/feature-ss-endpoints.html
"""

from __future__ import annotations

import json
import logging
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import ClientError

from reconciler.adapters.secrets.documents import SecretStoreUnavailable
from reconciler.adapters.secrets.schemes import display_locator
from reconciler.adapters.secrets.store_http import SECONDS, StoreAnswer, StoreHttp, StoreRequest, safe_address
from reconciler.core.diagnostics.messages import msg
from reconciler.ports import SecretMissing

BATCH: Final = 20
"""The most that BatchGetSecretValue returns."""
_MOST_PAGES: Final = 50
_SERVICE: Final = "secretsmanager"
_REGION: Final = re.compile(r"[a-z]{2}(-[a-z]+)+-\d{1,2}")
_ARN_REGION: Final = re.compile(r"arn:[a-z-]+:secretsmanager:([a-z0-9-]+):")
_ERROR_NAME: Final = re.compile(r"[A-Za-z]{1,64}")
_THROTTLED: Final = frozenset({"ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded", "SlowDown"})
_BAD_CREDENTIALS: Final = frozenset(
    {
        "ExpiredTokenException",
        "ExpiredToken",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "InvalidSignatureException",
        "IncompleteSignature",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
    }
)
_DENIED: Final = frozenset({"AccessDeniedException", "AccessDenied"})

Answers = Mapping[str, str | SecretMissing]


class AwsSecrets:
    """One per run. `sleep` waits between attempts."""

    def __init__(self, sleep: Callable[[float], object] = time.sleep) -> None:
        _silence()
        self._http = StoreHttp(sleep, repeats=_is_throttled)
        self._session: botocore.session.Session | None = None

    def read(self, names: Sequence[str]) -> Answers:
        """Raises nothing."""
        found: dict[str, str | SecretMissing] = {}
        for region, group in _by_region(names).items():
            try:
                self._read_region(region, group, found)
            except SecretMissing as missing:
                found |= dict.fromkeys((name for name in group if name not in found), missing)
        return found

    def _read_region(self, region: str | None, names: Sequence[str], found: dict[str, str | SecretMissing]) -> None:
        if len(names) == 1:
            found[names[0]] = self._one(names[0], region)
            return
        for start in range(0, len(names), BATCH):
            batch = names[start : start + BATCH]
            answers = self._batch(batch, region)
            found |= {name: self._one(name, region) for name in batch} if answers is None else answers

    def _batch(self, names: Sequence[str], region: str | None) -> Answers | None:
        """None where the role may not read several at once."""
        found: dict[str, str | SecretMissing] = {}
        body: dict[str, Any] = {"SecretIdList": list(names)}
        for _ in range(_MOST_PAGES):
            answer = self._ask("BatchGetSecretValue", body, region)
            if _error(answer) in _DENIED:
                return None
            self._check(answer)
            for name, entry in _matched(names, _objects(answer.data.get("SecretValues"))):
                found[name] = _text(entry, name)
            for entry in _objects(answer.data.get("Errors")):
                name = str(entry.get("SecretId"))
                found[name] = _refusal(str(entry.get("ErrorCode")), name)
            token = answer.data.get("NextToken")
            if not token:
                break
            body["NextToken"] = token
        return {name: found[name] if name in found else _refusal("ResourceNotFoundException", name) for name in names}

    def _one(self, name: str, region: str | None) -> str | SecretMissing:
        answer = self._ask("GetSecretValue", {"SecretId": name}, region)
        error = _error(answer)
        if error is None:
            return _text(answer.data, name)
        self._check(answer, besides=name)
        return _refusal(error, name)

    def _check(self, answer: StoreAnswer, *, besides: str | None = None) -> None:
        """Raises SecretStoreUnavailable where the answer concerns all secrets; `besides` one that it may concern alone."""
        error = _error(answer)
        if error is None:
            return
        if error in _BAD_CREDENTIALS:
            raise SecretStoreUnavailable(
                msg("AWS does not accept its credentials ({error}): they are expired or wrong", error=error),
                hint=msg("Sign in again, such as with `aws sso login`, or check the role of the CI job"),
            )
        if error in _THROTTLED or answer.status == 429:
            raise SecretStoreUnavailable(
                msg("AWS refuses further requests: its rate limit is reached"),
                hint=msg("Run the command again later; secrets of many shops in one JSON object need one request"),
            )
        if answer.status >= 500 or besides is None:
            raise SecretStoreUnavailable(
                msg("AWS Secrets Manager answers with status {status} ({error})", status=answer.status, error=error),
                hint=msg("Run the command again later, and check the region and the endpoint"),
            )

    def _ask(self, action: str, body: Mapping[str, Any], region: str | None) -> StoreAnswer:
        """Raises SecretStoreUnavailable where there is no answer."""
        region = region or self._region()
        address = self._address(region)
        answer = self._http.send(lambda: _signed(action, body, address, region, self._credentials()))
        if isinstance(answer, StoreAnswer):
            return answer
        raise SecretStoreUnavailable(
            msg("AWS Secrets Manager at {address} cannot be reached: {reason}", address=address, reason=answer),
            hint=msg("Check the region, the network, and AWS_ENDPOINT_URL_SECRETS_MANAGER where it is set"),
        )

    def _address(self, region: str) -> str:
        for variable in ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL"):
            address = os.environ.get(variable)
            if address:
                return safe_address(variable, address)
        return f"https://{_SERVICE}.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"

    def _region(self) -> str:
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        if not region:
            region = self._boto().get_config_variable("region")
        if region and _REGION.fullmatch(region):
            return str(region)
        raise SecretStoreUnavailable(
            msg("The region of AWS is not set") if not region else msg("The region of AWS is invalid"),
            hint=msg("Set AWS_REGION, such as ap-northeast-1, or write the whole ARN of the secret"),
        )

    def _credentials(self) -> ReadOnlyCredentials:
        try:
            found = self._boto().get_credentials()
            if found is not None:
                return found.get_frozen_credentials()
        except Exception as error:  # noqa: BLE001  # third-party code; not chained: it may quote an answer
            raise SecretStoreUnavailable(
                msg("The credentials of AWS cannot be obtained ({error})", error=_name_of(error)),
                hint=msg("Run `aws sts get-caller-identity` in the same environment to see why"),
            ) from None
        raise SecretStoreUnavailable(
            msg("There are no credentials for AWS"),
            hint=msg("Give the CI job a role (OIDC), set AWS_PROFILE, or sign in with `aws sso login`"),
        )

    def _boto(self) -> botocore.session.Session:
        if self._session is None:
            self._session = botocore.session.Session()
            retries = {"mode": "standard", "total_max_attempts": 3}
            self._session.set_default_client_config(
                Config(connect_timeout=SECONDS, read_timeout=SECONDS, retries=retries)
            )
        return self._session


def _silence() -> None:
    """At the level DEBUG both libraries log the bodies of answers, with credentials in them; at WARNING botocore logs errors with
    the text of an answer.
    """
    for name in ("botocore", "urllib3"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _signed(
    action: str, body: Mapping[str, Any], address: str, region: str, credentials: ReadOnlyCredentials
) -> StoreRequest:
    content = json.dumps(body).encode()
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"{_SERVICE}.{action}"}
    request = AWSRequest(method="POST", url=f"{address}/", data=content, headers=headers)
    SigV4Auth(credentials, _SERVICE, region).add_auth(request)
    return StoreRequest(method="POST", url=f"{address}/", headers=dict(request.headers.items()), content=content)


def _by_region(names: Sequence[str]) -> Mapping[str | None, list[str]]:
    """An ARN names its region; a name is looked up in that of the environment."""
    groups: dict[str | None, list[str]] = {}
    for name in names:
        named = _ARN_REGION.match(name)
        groups.setdefault(named[1] if named and _REGION.fullmatch(named[1]) else None, []).append(name)
    return groups


def _matched(names: Sequence[str], entries: Iterator[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """An ARN may be written without the six characters that AWS adds to the name."""
    for entry in entries:
        arn, known = str(entry.get("ARN")), {entry.get("Name"), entry.get("ARN")}
        yield from ((name, entry) for name in names if name in known or re.fullmatch(re.escape(name) + r"-\w{6}", arn))


def _objects(found: object) -> Iterator[Mapping[str, Any]]:
    return (each for each in (found if isinstance(found, list) else ()) if isinstance(each, dict))


def _text(entry: Mapping[str, Any], name: str) -> str | SecretMissing:
    text = entry.get("SecretString")
    if isinstance(text, str):
        return text
    return SecretMissing(
        msg("The secret {name} of AWS is binary, or empty", name=display_locator(name)),
        hint=msg("Store it as a text"),
    )


def _error(answer: StoreAnswer) -> str | None:
    """The name of the error, without the text beside it; None where there is none."""
    if answer.status == 200:
        return None
    found = str(answer.data.get("__type") or answer.data.get("code") or "").rpartition("#")[2]
    return found if _ERROR_NAME.fullmatch(found) else "unknown error"


def _is_throttled(answer: StoreAnswer) -> bool:
    return _error(answer) in _THROTTLED


def _refusal(error: str, name: str) -> SecretMissing:
    shown = display_locator(name)
    if error in _DENIED:
        return SecretMissing(
            msg("AWS does not allow its role to read {name}", name=shown),
            hint=msg("Allow `secretsmanager:GetSecretValue` on the secret, and `kms:Decrypt` on its key if it has one"),
            unread=True,
        )
    if error == "ResourceNotFoundException":
        return SecretMissing(
            msg("AWS has no secret {name} in the region of the request", name=shown),
            hint=msg("Check the name and the region, or store the secret there"),
        )
    if error == "DecryptionFailure":
        return SecretMissing(
            msg("AWS cannot decrypt {name}", name=shown),
            hint=msg("Allow its role `kms:Decrypt` on the key of the secret"),
            unread=True,
        )
    kind = error if _ERROR_NAME.fullmatch(error) else "unknown error"
    return SecretMissing(
        msg("AWS does not hand out {name} ({error})", name=shown, error=kind),
        hint=msg("Check the secret with `aws secretsmanager describe-secret`: it may be scheduled for deletion"),
        unread=True,
    )


def _name_of(error: Exception) -> str:
    """Of an error of botocore: its class, or the code that AWS answered with."""
    if isinstance(error, ClientError):
        code = str(error.response.get("Error", {}).get("Code", ""))
        return code if _ERROR_NAME.fullmatch(code) else "ClientError"
    return type(error).__name__
