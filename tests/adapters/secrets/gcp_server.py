"""A server on loopback that answers as Google Secret Manager and its token endpoints do, as far as their APIs document it.

It checks the assertion of a service account against its public key.

Source: https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access,
https://developers.google.com/identity/protocols/oauth2/service-account and
https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.adapters.secrets.loopback_http import Answer, Asked, serving

ACCESS = "ya29.practice-access-token-of-the-tests"
WEB_TOKEN = "practice.web-identity.token"
EMAIL = "reconciler@practice.iam.example"
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class GoogleServer:
    """`secrets` are resources with their texts. `refused` are resources with a status; `errors` are statuses that the next
    requests for secrets get. `asked` are the paths that were requested.
    """

    def __init__(self) -> None:
        self.secrets: dict[str, bytes] = {}
        self.refused: dict[str, int] = {}
        self.errors: list[int] = []
        self.raw: bytes | None = None
        self.token_status = 200
        self.asked: list[str] = []
        self.address = ""

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked.path)
        if asked.path in {"/token", "/v1/token"}:
            return self._token(asked)
        if self.raw is not None:
            return Answer(body=self.raw)
        if self.errors:
            return _error(self.errors.pop(0))
        if asked.headers.get("authorization") != f"Bearer {ACCESS}":
            return _error(401)
        resource = asked.path.removeprefix("/v1/").removesuffix(":access")
        if resource in self.refused:
            return _error(self.refused[resource])
        if resource not in self.secrets or not asked.path.endswith(":access"):
            return _error(404)
        data = base64.b64encode(self.secrets[resource]).decode()
        return _json(200, {"name": resource, "payload": {"data": data, "dataCrc32c": "1"}})

    def _token(self, asked: Asked) -> Answer:
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        right = self._is_assertion(form["assertion"]) if "assertion" in form else form["subject_token"] == WEB_TOKEN
        if self.token_status != 200 or not right:
            said = form.get("assertion") or form["subject_token"]
            return _json(400, {"error": "invalid_grant", "error_description": f"{said} was refused"})
        kind = {"issued_token_type": "urn:ietf:params:oauth:token-type:access_token"}
        return _json(200, {"access_token": ACCESS, "expires_in": 3600, "token_type": "Bearer"} | kind)

    def _is_assertion(self, assertion: str) -> bool:
        head, body, signature = assertion.split(".")
        try:
            signed = f"{head}.{body}".encode()
            _KEY.public_key().verify(_decoded(signature), signed, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        claims = json.loads(_decoded(body))
        return (
            json.loads(_decoded(head))["alg"] == "RS256"
            and (claims["iss"], claims["aud"]) == (EMAIL, "https://oauth2.googleapis.com/token")
            and _SCOPE in claims["scope"].split()
            and claims["iat"] - 60 < time.time() < claims["exp"] <= claims["iat"] + 3600
        )

    def key_file(self, path: Path, *, token_uri: str | None = None) -> str:
        """Of a service account."""
        private = _KEY.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        content = {
            "type": "service_account",
            "project_id": "practice",
            "private_key_id": "1",
            "private_key": private.decode(),
            "client_email": EMAIL,
            "token_uri": token_uri or f"{self.address}/token",
        }
        path.write_text(json.dumps(content))
        return str(path)

    def federation_file(self, path: Path, token: Path) -> str:
        """Of workload identity federation, as a CI job has it: it exchanges the token of the job."""
        content = {
            "type": "external_account",
            "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/github",
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "token_url": f"{self.address}/v1/token",
            "credential_source": {"file": str(token)},
        }
        path.write_text(json.dumps(content))
        return str(path)


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _error(status: int) -> Answer:
    return _json(status, {"error": {"code": status, "message": f"{ACCESS} was refused", "status": "REFUSED"}})


def _json(status: int, body: object) -> Answer:
    return Answer(status=status, body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})


@contextmanager
def serving_google() -> Iterator[GoogleServer]:
    google = GoogleServer()
    with serving(google.answer) as address:
        google.address = address
        yield google
