"""A checked document as the core needs it: one value of each kind that the manifest mentions.

In: a shop's document and the places of its values. Out: `Desired`. Nothing is checked or defaulted here.

One shop's file, over its inherited layers.

In: the file and the shared layers. Out: `Desired`, or why there is none. The fast path validates the merged values once;
a file that fails it is checked again alone, so that its errors are reported with their positions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError

from reconciler.adapters.manifests.checks.file import check_file
from reconciler.adapters.manifests.checks.forbidden_text import forbidden_text
from reconciler.adapters.manifests.checks.semantics import check_semantics
from reconciler.adapters.manifests.describe import quote
from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.adapters.manifests.discovery.files import read_file
from reconciler.adapters.manifests.documents.shop import ShopDocument
from reconciler.adapters.manifests.loading.merge import NOTHING, MergedLayer, group_of, merge_layer
from reconciler.adapters.manifests.loading.shared_layers import SharedLayers
from reconciler.adapters.manifests.yaml.origins import Names
from reconciler.adapters.manifests.yaml.parsed import Parsed
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.formats import SHOP_KEY
from reconciler.core.model.kinds import (
    AMAZON_PAY_PAYMENT,
    AMAZON_SETTINGS,
    IPN_ENDPOINT,
    STOREFRONT_STATUS,
    SYSTEM_PARTS,
)
from reconciler.core.model.state import Desired, MaintenancePolicy
from reconciler.core.values import Origin, ShopKey

_UNMENTIONED: Final = MaintenancePolicy()


def desired_of(document: ShopDocument, origins: Mapping[str, Origin]) -> Desired:
    """`origins` has the place of `shop`, which stands for the whole."""
    return Desired(
        shop=ShopKey(document.shop),
        values={name: value for name, value in _values(document) if value is not None},
        origin=origins["shop"],
        origins=origins,
        group=document.group,
        labels={name: value for name, value in (document.labels or {}).items() if value is not None},
        maintenance=document.maintenance.permission() if document.maintenance else _UNMENTIONED,
    )


def _values(document: ShopDocument) -> Iterator[tuple[str, Any]]:
    if (amazon := document.amazon) is not None:
        yield AMAZON_SETTINGS.name, amazon.settings()
        yield SYSTEM_PARTS.name, amazon.parts()
    if (payment := document.payment) is not None:
        yield AMAZON_PAY_PAYMENT.name, payment.settings()
    if (seller_central := document.seller_central) is not None:
        yield IPN_ENDPOINT.name, seller_central.endpoint()
    if (storefront := document.storefront) is not None:
        yield STOREFRONT_STATUS.name, storefront.state()


def read_shop(file: ManifestPath, shared: SharedLayers, names: Names) -> Desired | tuple[Diagnostic, ...]:
    """No diagnostic and no shop: an inherited file is broken, and that is reported once, at its place."""
    return shop_of(read_file(file), file, shared, names)


def shop_of(parsed: Parsed, file: ManifestPath, shared: SharedLayers, names: Names) -> Desired | tuple[Diagnostic, ...]:
    """The same of a file that was read already, or is to be written."""
    group = group_of(parsed)
    lower = shared.layer_for(group) if shared.exists(group) else None
    layer, idle = merge_layer(parsed, lower or NOTHING, names)
    if lower is not None and not idle and not parsed.diagnostics:
        desired = _desired(parsed, layer)
        if desired is not None and desired.shop == file.stem:
            return desired
    also = tuple(_about_the_whole(parsed, file, shared))
    found = check_file(parsed, ShopDocument, also=also, milder=idle if lower is not None else ())
    if not found and lower is not None:
        found = (_unexplained(parsed),)
    return tuple(d.for_shop(ShopKey(file.stem)) for d in found) if SHOP_KEY.accepts(file.stem) else found


def _desired(parsed: Parsed, layer: MergedLayer) -> Desired | None:
    try:
        document = ShopDocument.model_validate(layer.data)
    except ValidationError:
        return None
    return None if any(forbidden_text(parsed)) or any(check_semantics(parsed)) else desired_of(document, layer.origins)


def _about_the_whole(parsed: Parsed, file: ManifestPath, shared: SharedLayers) -> Iterator[Diagnostic]:
    """What the file's name and its group say against it."""
    shop = parsed.data.get("shop")
    if isinstance(shop, str) and SHOP_KEY.accepts(shop) and shop != file.stem:
        yield diagnostic(
            codes.WRONG_NAME,
            msg("The file is named {name}, but its shop is {shop}", name=quote(f"{file.stem}.yaml"), shop=quote(shop)),
            expected=msg("the shop key, the same as the file name"),
            hint=msg("Rename the file to {shop}.yaml, or fix `shop`", shop=shop),
            subject="shop",
            origin=parsed.origin(("shop",)),
        )
    if not shared.exists(group_of(parsed)):
        yield shared.unknown_group_diagnostic(parsed)


def _unexplained(parsed: Parsed) -> Diagnostic:
    """The merged values were refused and the file alone was not: a bug of ours, reported rather than hidden."""
    return diagnostic(
        codes.INVALID,
        msg("The manifest is not accepted together with the files it inherits from, for an unknown reason"),
        hint=msg("Report this message to the developers, with the manifest and its group"),
        origin=parsed.origin(()),
    )
