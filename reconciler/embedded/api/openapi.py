"""The contract as an OpenAPI document: what the framework finds, made complete and exact.

In: the app with its routes. Out: the document, the same bytes every time. It only describes; nothing is checked here.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from pydantic.alias_generators import to_camel
from starlette.routing import compile_path

from reconciler.embedded.contract.problems import MEDIA_TYPE, STATUS_OF_CODE, ProblemBody, reason_phrase

READ = (401, 403)
WRITE = (401, 403, 412, 422, 428)
BODY = (400, 413)
SHOP = (404,)
_ALWAYS = (429, 500, 503)

_HEADERS: Mapping[str, tuple[bool, str]] = {
    "X-SHOP-KEY": (True, "Shop key; equal to the shop in the path if there is one"),
    "If-Match": (True, "ETag of the version that the write is based on"),
    "If-None-Match": (False, "ETag that the client has; the response is 304 if it is current"),
    "X-Write-Key": (False, "Name of the write; recorded in the trail of changes"),
    "X-Fence": (
        False,
        "Lease of the write as ISSUER:NUMBER; a lower number than the last one is refused with 412 FENCE_OUTDATED",
    ),
    "Idempotency-Key": (False, "A repeated request with the same key gets the stored response"),
}
_WITHOUT_VERSION = ("/admin-api/v1/integrations", "patch")
"""Its answer has the versions of several resources."""
_OPTIONAL_SHOP_KEY = ("/oauth/token", "/admin-api/v1/seller-central/{sellerId}/ipn-endpoints")


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may refuse with these statuses, besides those any route may."""
    return {status: _refusal(status) for status in sorted({*statuses, *_ALWAYS})}


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, built once and kept on the app."""
    if app.openapi_schema is None:
        built = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        _complete(built)
        app.openapi_schema = built
    return app.openapi_schema


def operation_id(route: APIRoute) -> str:
    return to_camel(route.name)


def openapi_json(app: FastAPI) -> str:
    return json.dumps(document(app), ensure_ascii=False, indent=2) + "\n"


def methods_at(app: FastAPI, path: str) -> list[str]:
    """The methods an address knows; the framework names only those of the first route that matches."""
    paths = document(app)["paths"]
    found = {method.upper() for known in paths if compile_path(known)[0].match(path) for method in paths[known]}
    return sorted(found)


def _refusal(status: int) -> dict[str, Any]:
    codes = ", ".join(code for code, of in STATUS_OF_CODE.items() if of == status)
    found: dict[str, Any] = {
        "description": f"{reason_phrase(status)}: {codes}",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status == STATUS_OF_CODE["TOO_MANY_REQUESTS"]:
        found["headers"] = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}}
    return found


def _complete(built: dict[str, Any]) -> None:
    components = built.setdefault("components", {})
    schemas = components["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = TypeAdapter(ProblemBody).json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"))
    problem["properties"]["code"]["enum"] = list(STATUS_OF_CODE)
    schemas["Problem"] = problem
    schemas.pop("ProblemBody", None)  # the same, as the framework found it in an answer
    components["schemas"] = dict(sorted(schemas.items()))
    components["securitySchemes"] = {
        "accessToken": {"type": "http", "scheme": "bearer", "description": "From POST /oauth/token"},
        "clientCredentials": {"type": "http", "scheme": "basic", "description": "Client id and secret"},
    }
    for path, method, operation in _operations(built):
        _complete_operation(path, method, operation)
    _drop_titles(built["paths"])
    _drop_titles(components)
    _publish_names(built)


def _publish_names(built: dict[str, Any]) -> None:
    """Components are published under the resource's own name: `Order`, with any class name of its body."""
    schemas = built["components"]["schemas"]
    named = {name.removesuffix("Response"): schemas[name] for name in schemas}
    built["components"]["schemas"] = dict(sorted(named.items()))
    _rename_references(built)


def _rename_references(node: Any) -> None:
    for each in node if isinstance(node, list) else node.values() if isinstance(node, dict) else ():
        _rename_references(each)
    if isinstance(node, dict) and isinstance(node.get("$ref"), str):
        node["$ref"] = node["$ref"].removesuffix("Response").replace("/ProblemBody", "/Problem")


def _operations(built: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in built["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _complete_operation(path: str, method: str, operation: dict[str, Any]) -> None:
    is_oauth = path.startswith("/oauth")
    operation["security"] = [{"clientCredentials": []}] if is_oauth else [{"accessToken": []}]
    responses = operation["responses"]
    # The framework notes a 422 for anything that has parameters; here a route that cannot answer it does not say so.
    if MEDIA_TYPE not in responses.get("422", {}).get("content", {MEDIA_TYPE: None}):
        del responses["422"]
    if method == "get":
        responses["304"] = {"description": "Not Modified: the version of the client is current", "headers": _etag()}
    if not is_oauth and (path, method) != _WITHOUT_VERSION:
        for status in ("200", "201"):
            if status in responses:
                responses[status]["headers"] = _etag()
    operation["responses"] = dict(sorted(responses.items()))
    for parameter in operation.get("parameters", []):
        _complete_parameter(path, parameter)


def _complete_parameter(path: str, parameter: dict[str, Any]) -> None:
    # An absent parameter is absent, not null.
    parameter["schema"] = parameter["schema"].get("anyOf", [parameter["schema"]])[0]
    if parameter["in"] != "header":
        return
    required, description = _HEADERS[parameter["name"]]
    if parameter["name"] == "X-SHOP-KEY" and path in _OPTIONAL_SHOP_KEY:
        required, description = False, "Shop of the client; omitted by an operator client"
    parameter["required"] = required
    parameter["description"] = description


def _drop_titles(node: Any) -> None:
    """The framework's titles only repeat the names in another spelling."""
    if isinstance(node, list):
        for each in node:
            _drop_titles(each)
    if isinstance(node, dict):
        if isinstance(node.get("title"), str):
            del node["title"]
        for each in node.values():
            _drop_titles(each)


def _etag() -> dict[str, Any]:
    return {"ETag": {"description": "Version of the returned resource", "schema": {"type": "string"}, "required": True}}
