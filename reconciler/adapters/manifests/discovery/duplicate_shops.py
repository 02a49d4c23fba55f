"""Which files declare the same shop, by the value of `shop`, in any folder and under any file name.

In: the files that are read, by their names; the others, whose bytes are scanned. Out: diagnostics. Of the unselected files
only those are parsed that may declare one of the shops in question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from reconciler.adapters.manifests.describe import quote
from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.adapters.manifests.discovery.files import read_bytes
from reconciler.adapters.manifests.yaml.reader import read_yaml
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.formats import SHOP_KEY
from reconciler.core.values import Origin, ShopKey

_DECLARES: Final = re.compile(rb"""\bshop["']?\s*:(?:[\s>|"'+-]|#[^\n]*\n)*([^\s"',}#]*)""")
"""A key `shop` and the start of its value, in any style; also within texts, which parsing distinguishes."""


def duplicate_shop_diagnostics(
    named: Iterable[ManifestPath],
    others: Iterable[ManifestPath],
    asked: Callable[[str], bool],
    read: Callable[[ManifestPath], bytes | Diagnostic] = read_bytes,
) -> Iterator[Diagnostic]:
    """`named` count for the shops of their names, `others` for what they declare, if that is `asked` for. `read` reads a file.

    Reported at every file, since any of them may be the extra one.
    """
    by_shop: dict[str, list[str]] = {}
    for file in named:
        by_shop.setdefault(file.stem, []).append(file.display_path)
    for file in others:
        data = read(file)
        shop = declared_shop(data, file.display_path, asked) if isinstance(data, bytes) else None
        if shop is not None and file.display_path not in by_shop.get(shop, ()):
            by_shop.setdefault(shop, []).append(file.display_path)
    for shop, files in by_shop.items():
        for here in files if len(files) > 1 else ():
            yield _twice(shop, here, [other for other in files if other != here])


def declared_shop(data: bytes, shown: str, asked: Callable[[str], bool]) -> str | None:
    """The shop, where a file of this content declares one of the requested shops."""
    if not _may_declare(data, asked):
        return None
    shop = read_yaml(data, shown).data.get("shop")
    return shop if isinstance(shop, str) and SHOP_KEY.accepts(shop) and asked(shop) else None


def _may_declare(data: bytes, asked: Callable[[str], bool]) -> bool:
    """Also where the key, or its value, is not spelled out."""
    values = _DECLARES.findall(data)
    return not values or any(b"\\" in value or asked(value.decode("utf-8", "replace")) for value in values)


def _twice(shop: str, here: str, others: list[str]) -> Diagnostic:
    return diagnostic(
        codes.TWO_FILES,
        msg("Shop {shop} is also declared in {others}", shop=quote(shop), others=", ".join(others)),
        expected=msg("one file per shop, in any folder"),
        hint=msg("Delete one of the files"),
        shop=ShopKey(shop) if SHOP_KEY.accepts(shop) else None,
        origin=Origin(here),
    )
