"""The resources of a shop that clients write, with what a route of one of them and the bulk route have in common.

In: who writes, the resource, a body and the version it is based on. Out: the resource as it is answered, or a `Problem`. One
transaction, audited; what a write may do is decided in `embedded/resources`.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection

from reconciler.embedded.api.context import RequestContext
from reconciler.embedded.api.idempotency import IdempotencyKey, StoredResponse, run_once
from reconciler.embedded.contract.bulk import WritableName
from reconciler.embedded.contract.problems import shape_problem
from reconciler.embedded.contract.requests import (
    DERIVED,
    AmazonPayBody,
    AmazonSettingsBody,
    StorefrontPut,
    SystemPartsPatch,
)
from reconciler.embedded.resources import amazon_pay, amazon_settings, storefront, system_parts
from reconciler.embedded.services import Services
from reconciler.embedded.storage.audited_write import AuditedTransaction
from reconciler.lib.frozen_class import frozen

Answer = tuple[Mapping[str, Any], str]
"""What is answered, and its version."""


@frozen
class WritableResource:
    """`path` is the last word of its own route."""

    name: WritableName
    path: str
    shape: TypeAdapter[Any]
    write: Callable[[AuditedTransaction, str, Any, str, Services], None]
    read: Callable[[Connection, str], Answer]

    def parse(self, value: Mapping[str, Any]) -> Any:
        """The body as its own route reads it. Raises Problem."""
        try:
            return self.shape.validate_python(value)
        except ValidationError as error:
            raise shape_problem(error.errors(include_url=False), DERIVED.get(self.path, frozenset())) from None


def write_resource(
    call: RequestContext, resource: WritableResource, body: Any, if_match: str, key: IdempotencyKey | None = None
) -> Answer:
    """Raises Problem; then nothing was written."""
    with call.editing() as edit:

        def write() -> StoredResponse:
            resource.write(edit, call.shop_key, body, if_match, call.services)
            value, version = resource.read(edit.connection, call.shop_key)
            return StoredResponse(status=200, version=version, body=value)

        stored = run_once(edit.connection, key, call.services.now(), write)
    return stored.body, stored.version


def read_amazon_settings(connection: Connection, shop_key: str) -> Answer:
    row = amazon_settings.get(connection, shop_key)
    return amazon_settings.to_response(row), amazon_settings.version(row)


def read_amazon_pay(connection: Connection, shop_key: str) -> Answer:
    row = amazon_pay.get(connection, shop_key)
    return amazon_pay.to_response(row), amazon_pay.version(row)


def read_storefront(connection: Connection, shop_key: str) -> Answer:
    row = storefront.get(connection, shop_key)
    return storefront.to_response(row), storefront.version(row)


def read_system_parts(connection: Connection, shop_key: str) -> Answer:
    row = system_parts.get(connection, shop_key)
    return system_parts.to_response(row, system_parts.texts_of(connection, shop_key)), system_parts.version(row)


AMAZON_SETTINGS: Final = WritableResource(
    name="amazonSettings",
    path="amazon-settings",
    shape=TypeAdapter(AmazonSettingsBody),
    write=lambda edit, shop, body, if_match, services: amazon_settings.patch(
        edit, shop, body, services.config.verifier, if_match=if_match
    ),
    read=read_amazon_settings,
)
AMAZON_PAY: Final = WritableResource(
    name="amazonPay",
    path="amazon-pay",
    shape=TypeAdapter(AmazonPayBody),
    write=lambda edit, shop, body, if_match, _: amazon_pay.patch(edit, shop, body, if_match=if_match),
    read=read_amazon_pay,
)
STOREFRONT: Final = WritableResource(
    name="storefront",
    path="storefront",
    shape=TypeAdapter(StorefrontPut),
    write=lambda edit, shop, body, if_match, _: storefront.put(edit, shop, body["status"], if_match=if_match),
    read=read_storefront,
)
SYSTEM_PARTS: Final = WritableResource(
    name="systemParts",
    path="system-parts",
    shape=TypeAdapter(SystemPartsPatch),
    write=lambda edit, shop, body, if_match, _: system_parts.patch(edit, shop, body["parts"], if_match=if_match),
    read=read_system_parts,
)
WRITABLE: Final[Mapping[WritableName, WritableResource]] = {
    each.name: each for each in (AMAZON_SETTINGS, AMAZON_PAY, STOREFRONT, SYSTEM_PARTS)
}
