"""The contract as a document: complete, exact, and the same every time."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.embedded.app import contract_text
from reconciler.embedded.contract.problems import STATUS_OF_CODE
from tests.embedded.harness import Api

ROOT = Path(__file__).parents[3]
DOCUMENT = json.loads(contract_text())
BULK_WRITE = ("patch", "/admin-api/v1/integrations")
OPERATIONS = [(method, path) for path, methods in DOCUMENT["paths"].items() for method in methods]


def test_the_published_document_is_the_present_one() -> None:
    published = (ROOT / "schemas" / "backend.openapi.json").read_text(encoding="utf-8")
    assert published == contract_text(), "run: python -m reconciler.embedded openapi > schemas/backend.openapi.json"


def test_another_process_writes_the_same_bytes() -> None:
    command = [sys.executable, "-m", "reconciler.embedded", "openapi"]
    done = subprocess.run(command, capture_output=True, check=True, env={"PYTHONHASHSEED": "7"}, cwd=ROOT)
    assert done.stdout.decode() == contract_text()


def test_a_running_backend_serves_it(api: Api) -> None:
    assert api.send("GET", "/openapi.json").json() == DOCUMENT


def test_the_routes_are_those_of_the_contract() -> None:
    shop = "/admin-api/v1/shops/{shopKey}"
    seller = "/admin-api/v1/seller-central/{sellerId}/ipn-endpoints"
    assert set(OPERATIONS) == {
        ("post", "/oauth/token"),
        ("get", f"{shop}/amazon-settings"),
        ("patch", f"{shop}/amazon-settings"),
        ("get", f"{shop}/payment-methods/amazon-pay"),
        ("patch", f"{shop}/payment-methods/amazon-pay"),
        ("get", f"{shop}/storefront"),
        ("put", f"{shop}/storefront"),
        ("get", f"{shop}/system-parts"),
        ("patch", f"{shop}/system-parts"),
        ("get", f"{shop}/entitlements"),
        ("get", f"{shop}/integration"),
        ("get", "/admin-api/v1/capabilities"),
        ("get", f"{shop}/changes"),
        ("get", "/admin-api/v1/integrations"),
        ("patch", "/admin-api/v1/integrations"),
        ("get", seller),
        ("post", seller),
        ("delete", seller),
        ("get", "/admin-api/v1/orders"),
        ("post", "/admin-api/v1/orders/{orderNo}/payment"),
        ("get", "/amazon-pay/v2/charges"),
        ("get", "/amazon-pay/v2/charges/{chargeId}"),
        ("get", "/amazon-pay/v2/refunds/{refundId}"),
        ("get", "/amazon-pay/v2/disputes/{disputeId}"),
        ("get", "/amazon-pay/v2/chargePermissions/{chargePermissionId}"),
    }


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_each_operation_says_how_it_is_entered_and_refused(method: str, path: str) -> None:
    operation = DOCUMENT["paths"][path][method]
    headers = {p["name"]: p["required"] for p in operation.get("parameters", []) if p["in"] == "header"}
    assert operation["security"] == ([{"clientCredentials": []}] if path == "/oauth/token" else [{"accessToken": []}])
    assert {"401", "403", "429", "500", "503"} <= set(operation["responses"])
    assert operation["responses"]["429"]["headers"]["Retry-After"]
    if "{shopKey}" in path:
        assert headers["X-SHOP-KEY"] is True
        assert "404" in operation["responses"]
    if method == "get":
        assert headers["If-None-Match"] is False
        assert "304" in operation["responses"]
    elif (method, path) == BULK_WRITE:
        assert {"400", "413", "422"} <= set(operation["responses"])
        assert not headers, "each item has its own"
    elif path != "/oauth/token":
        assert headers["If-Match"] is True
        assert {"412", "422", "428"} <= set(operation["responses"])
        assert ("400" in operation["responses"]) is ("requestBody" in operation)
    for status, response in operation["responses"].items():
        if status >= "400":
            schema = response["content"]["application/problem+json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Problem"}
        elif path != "/oauth/token" and (method, path) != BULK_WRITE:
            assert response["headers"]["ETag"]["required"] is True


def test_every_code_is_named() -> None:
    assert DOCUMENT["components"]["schemas"]["Problem"]["properties"]["code"]["enum"] == list(STATUS_OF_CODE)


def test_no_answer_has_room_for_a_clear_token() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["AmazonSettingsPatch"]["properties"]["mwsAuthToken"]["writeOnly"] is True
    answered = schemas["AmazonSettings"]["properties"]["mwsAuthToken"]["anyOf"]
    assert answered == [{"$ref": f"#/components/schemas/Token{state}"} for state in ("Unset", "Set", "PreSet")]
