"""A server on loopback that answers as AWS Secrets Manager does, as far as its API documents it; it checks each signature.

Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html and API_GetSecretValue.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

from tests.adapters.secrets.loopback_http import Answer, Asked, serving
from tests.adapters.secrets.signature_v4 import checked

KEY_ID = "AKIDPRACTICEOFTHETESTS"
KEY = "practice-key-of-the-tests/that-nobody-may-see"
SESSION = "practice-session-token-of-the-tests"
WEB_TOKEN = "practice.web-identity.token"
REGION = "ap-northeast-1"


class AwsServer:
    """`refused` are names with the error that their entry gets. `errors` are statuses and error names that the next requests get.
    `asked` are actions with the names in them.
    """

    def __init__(self) -> None:
        self.secrets: dict[str, str | bytes] = {}
        self.refused: dict[str, str] = {}
        self.errors: list[tuple[int, str]] = []
        self.no_batch = False
        self.page = 20
        self.session: str | None = None
        self.region = REGION
        self.asked: list[tuple[str, list[str]]] = []
        self.raw: bytes | None = None
        self.address = ""

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return self._token_service(asked)
        body = json.loads(asked.body)
        action = asked.headers["x-amz-target"].removeprefix("secretsmanager.")
        self.asked.append((action, body.get("SecretIdList") or [body.get("SecretId")]))
        if self.raw is not None:
            return Answer(body=self.raw)
        if self.errors:
            status, name = self.errors.pop(0)
            return _error(status, name)
        refusal = self._signature(asked)
        return refusal or (self._batch(body) if action == "BatchGetSecretValue" else self._one(body))

    def _signature(self, asked: Asked) -> Answer | None:
        signed = checked(asked.method, asked.path, asked.headers, asked.body, KEY)
        if signed is None:
            return _error(400, "MissingAuthenticationTokenException")
        if signed.key_id != KEY_ID or asked.headers.get("x-amz-security-token") != self.session:
            return _error(400, "UnrecognizedClientException")
        needed = {"host", "x-amz-date", "x-amz-target"} | ({"x-amz-security-token"} if self.session else set())
        right = signed.valid and needed <= set(signed.headers)
        if not right or (signed.region, signed.service) != (self.region, "secretsmanager"):
            return _error(400, "InvalidSignatureException")
        return None

    def _batch(self, body: dict[str, Any]) -> Answer:
        names = body["SecretIdList"]
        if self.no_batch:
            return _error(400, "AccessDeniedException")
        if len(names) > 20:
            return _error(400, "InvalidParameterException")
        start = int(body.get("NextToken") or 0)
        values, errors = [], []
        for name in names[start : start + self.page]:
            if name in self.refused or self._found(name) is None:
                code = self.refused.get(name, "ResourceNotFoundException")
                errors.append(
                    {"SecretId": name, "ErrorCode": code, "Message": f"{self.secrets.get(name)!r} is refused"}
                )
            else:
                values.append(self._entry(name))
        more = {"NextToken": str(start + self.page)} if start + self.page < len(names) else {}
        return _json(200, {"SecretValues": values, "Errors": errors} | more)

    def _one(self, body: dict[str, Any]) -> Answer:
        name = body["SecretId"]
        if name in self.refused or self._found(name) is None:
            return _error(400, self.refused.get(name, "ResourceNotFoundException"))
        return _json(200, self._entry(name))

    def _found(self, name: str) -> str | None:
        """By name, by ARN, or by ARN without the last characters."""
        return next((each for each in self.secrets if name in {each, _arn(each), _arn(each)[:-7]}), None)

    def _entry(self, asked: str) -> dict[str, Any]:
        name = str(self._found(asked))
        value = self.secrets[name]
        text = {"SecretString": value} if isinstance(value, str) else {"SecretBinary": "AAEC"}
        return {"ARN": _arn(name), "Name": name, "VersionId": "1", "VersionStages": ["AWSCURRENT"], **text}

    def _token_service(self, asked: Asked) -> Answer:
        """AssumeRoleWithWebIdentity, as a job of a CI system signs in."""
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        self.asked.append((form["Action"], [form["RoleArn"]]))
        if form["WebIdentityToken"] != WEB_TOKEN:
            said = f"<Code>InvalidIdentityToken</Code><Message>{form['WebIdentityToken']}</Message>"
            text = f"<ErrorResponse><Error>{said}</Error></ErrorResponse>"
            return Answer(status=400, body=text.encode(), headers={"Content-Type": "text/xml"})
        text = (
            '<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
            "<AssumeRoleWithWebIdentityResult><AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/ci/job</Arn>"
            "<AssumedRoleId>AROA:job</AssumedRoleId></AssumedRoleUser><Credentials>"
            f"<AccessKeyId>{KEY_ID}</AccessKeyId><SecretAccessKey>{KEY}</SecretAccessKey><SessionToken>{SESSION}</SessionToken>"
            "<Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>"
            "</AssumeRoleWithWebIdentityResponse>"
        )
        return Answer(body=text.encode(), headers={"Content-Type": "text/xml"})


def _arn(name: str) -> str:
    return f"arn:aws:secretsmanager:{REGION}:123456789012:secret:{name}-AbCdEf"


def _error(status: int, name: str) -> Answer:
    return _json(status, {"__type": f"com.amazonaws.secretsmanager#{name}", "message": f"{KEY} {SESSION}"})


def _json(status: int, body: object) -> Answer:
    return Answer(status=status, body=json.dumps(body).encode(), headers={"Content-Type": "application/x-amz-json-1.1"})


@contextmanager
def serving_aws() -> Iterator[AwsServer]:
    aws = AwsServer()
    with serving(aws.answer) as address:
        aws.address = address
        yield aws
