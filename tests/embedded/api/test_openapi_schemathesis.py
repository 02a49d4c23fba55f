"""The document compared with the backend: generated requests, valid and invalid, in-process."""

import base64
import json
import re
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, settings
from schemathesis.core.parameters import ParameterLocation

from reconciler.embedded.app import contract_text
from tests.embedded.harness import KYOTO, Api

EXAMPLES = 1000 if settings.get_current_profile_name() == "soak" else 12
# Refusals that no schema can foresee: a state of the shop, another version, values Amazon does not know.
STATEFUL = ["2xx", "304", "403", "404", "409", "412", "422", "423"]
# And values that no pattern can check: foreign cursors, dates that do not exist, more than 500 shops, duplicate parts.
UNFORESEEN = {"cursor", "updatedSince", "shopKeys", "receiptDate", "parts"}
_WITHOUT_FRACTION = re.compile(r"items\.[0-9]+\.fence\.number")
"""JSON Schema calls 1.0 an integer too; the backend takes digits only."""

KNOWN = {
    "shopKey": KYOTO,
    "sellerId": "A1EXAMPLE234567",
    "orderNo": "100000000001",
    "chargeId": "S03-0000001-0000001-C000001",
    "refundId": "S03-0000001-0000001-R000001",
    "disputeId": "S03-0000001-0000001-B000001",
    "chargePermissionId": "S03-0000001-0000001",
}
OPERATOR = "Basic " + base64.b64encode(b"operator:operator-secret").decode()
HEADERS = {"X-SHOP-KEY": KYOTO, "If-Match": "*", "If-None-Match": '"0"', "X-Fence": "store:1"}


CONFIG = schemathesis.Config.from_dict(
    {
        # Entering without a token is tested by hand; unknown query parameters are ignored, as anywhere on the web.
        "generation": {"with-security-parameters": False, "allow-extra-parameters": False},
        "checks": {
            "positive_data_acceptance": {"expected-statuses": STATEFUL},
            "missing_required_header": {"expected-statuses": ["401", "403", "422", "428"]},
        },
    }
)

described = schemathesis.openapi.from_dict(json.loads(contract_text()), config=CONFIG)


class Present:
    """The backend of the current test: operations are bound to an app before any test starts."""

    app: FastAPI

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


present = Present()
described.app = present
described.location = "/openapi.json"


@pytest.fixture
def token(app: FastAPI, api: Api) -> str:
    """A token of the backend that the generated requests are put to; each operation has a new one."""
    present.app = app
    api.sign_in()
    return api.token


@described.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_backend_is_as_described(case: schemathesis.Case, token: str) -> None:
    aim(case)
    response = case.call_and_validate(
        headers={"Authorization": OPERATOR if "oauth" in case.path else f"Bearer {token}"}
    )
    if response.status_code == 422 and not negated(case):
        body = response.json()
        places = {_WITHOUT_FRACTION.sub("", error["field"]).partition(".")[0] for error in body["errors"]} - {""}
        assert body["code"] == "AMAZON_API_ERROR" or places <= UNFORESEEN


def aim(case: schemathesis.Case) -> None:
    """Point a request at things that exist, where it is not meant to be wrong in that very place."""
    wrong = negated(case)
    if ParameterLocation.PATH not in wrong and case.path_parameters:
        case.path_parameters = {name: KNOWN[name] for name in case.path_parameters}
    if ParameterLocation.HEADER not in wrong and case.headers:
        for name, value in HEADERS.items():
            if name in case.headers:
                case.headers[name] = value


def negated(case: schemathesis.Case) -> set[ParameterLocation]:
    if case.meta is None:
        return set()
    return {place for place, info in case.meta.components.items() if info.mode.is_negative}
