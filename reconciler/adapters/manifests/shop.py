"""One shop's file, over the layers that lie under it.

In: the file and the shared layers. Out: `Desired`, or why there is none. The straight way validates the merged values once;
a file that leaves it is looked at again by itself, so that its faults are told with their positions.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from reconciler.adapters.manifests.contraband import contraband
from reconciler.adapters.manifests.desired import desired_of
from reconciler.adapters.manifests.documents.shop import ShopDocument
from reconciler.adapters.manifests.entries import Found
from reconciler.adapters.manifests.faults import faults
from reconciler.adapters.manifests.layering import NOTHING, Layer, lay
from reconciler.adapters.manifests.meaning import judge_meaning
from reconciler.adapters.manifests.origins import Names
from reconciler.adapters.manifests.parsed import Parsed
from reconciler.adapters.manifests.reading import read_file
from reconciler.adapters.manifests.shared import SharedLayers, group_of
from reconciler.adapters.manifests.words import quote
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, found
from reconciler.core.diagnostics.messages import say
from reconciler.core.model.formats import SHOP_KEY
from reconciler.core.model.state import Desired
from reconciler.core.values import ShopKey


def read_shop(file: Found, shared: SharedLayers, names: Names) -> Desired | tuple[Diagnostic, ...]:
    """No diagnostic and no shop: something under it is broken, and that is told once, where it is."""
    return shop_of(read_file(file), file, shared, names)


def shop_of(parsed: Parsed, file: Found, shared: SharedLayers, names: Names) -> Desired | tuple[Diagnostic, ...]:
    """The same of a file that was read already, or is to be written."""
    group = group_of(parsed)
    lower = shared.under(group) if shared.knows(group) else None
    layer, idle = lay(parsed, lower or NOTHING, names)
    if lower is not None and not idle and not parsed.findings:
        desired = _desired(parsed, layer)
        if desired is not None and desired.shop == file.stem:
            return desired
    also = tuple(_about_the_whole(parsed, file, shared))
    told = faults(parsed, ShopDocument, also=also, milder=idle if lower is not None else ())
    if not told and lower is not None:
        told = (_unexplained(parsed),)
    return tuple(d.about(ShopKey(file.stem)) for d in told) if SHOP_KEY.accepts(file.stem) else told


def _desired(parsed: Parsed, layer: Layer) -> Desired | None:
    try:
        document = ShopDocument.model_validate(layer.data)
    except ValidationError:
        return None
    return None if any(contraband(parsed)) or any(judge_meaning(parsed)) else desired_of(document, layer.origins)


def _about_the_whole(parsed: Parsed, file: Found, shared: SharedLayers) -> Iterator[Diagnostic]:
    """What the file's name and its group say against it."""
    shop = parsed.data.get("shop")
    if isinstance(shop, str) and SHOP_KEY.accepts(shop) and shop != file.stem:
        yield found(
            codes.WRONG_NAME,
            say("The file is named {name}, and its shop is {shop}", name=quote(f"{file.stem}.yaml"), shop=quote(shop)),
            expected=say("the shop's key as the file's name"),
            way_on=say("Rename the file to {shop}.yaml, or mend `shop`", shop=shop),
            subject="shop",
            origin=parsed.where(("shop",)),
        )
    if not shared.knows(group_of(parsed)):
        yield shared.unknown(parsed)


def _unexplained(parsed: Parsed) -> Diagnostic:
    """The merged values were refused and the file by itself was not: a fault of ours, told rather than hidden."""
    return found(
        codes.INVALID,
        say("The manifest is refused together with the files under it, for a reason that is not known"),
        way_on=say("Please report this message, with the manifest and its group"),
        origin=parsed.where(()),
    )
