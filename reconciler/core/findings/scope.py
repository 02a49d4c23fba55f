"""What a look could see. A finding that it could not see is neither opened nor resolved.

In: what was read. Out: whether the absence of a finding says that it is gone.
"""

from __future__ import annotations

from typing import Final

from reconciler.core.findings.fields import field_at
from reconciler.core.findings.finding import FindingClass, FindingKey
from reconciler.core.model.kinds import AMAZON_SETTINGS, KINDS, STOREFRONT_STATUS
from reconciler.lib.frozen_class import frozen

_OF_A_SHOP: Final = (AMAZON_SETTINGS.name, STOREFRONT_STATUS.name)
"""Whether payments work in it depends on these."""


@frozen
class LookScope:
    """`compared` are the shops that could be read, `unread` those that could not. `complete`: all declared shops are among the
    two, so that any other shop has no manifest. `uncompared` are fields (shop, place) whose secret was not available;
    `unread_kinds` are parts (shop, kind) that could not be read, though others of the same shop could. `sellers` are those whose
    list of endpoints was read; `heard` the shops whose notifications are known. `journal`: it is known which shops killed runs
    left closed. `listed`: the shops of the backend are known.
    """

    compared: frozenset[str]
    unread: frozenset[str] = frozenset()
    complete: bool = False
    uncompared: frozenset[tuple[str, str]] = frozenset()
    unread_kinds: frozenset[tuple[str, str]] = frozenset()
    sellers: frozenset[str] = frozenset()
    heard: frozenset[str] = frozenset()
    journal: bool = False
    listed: bool = False

    def knows(self, key: FindingKey) -> bool:
        match key.kind:
            case FindingClass.FOREIGN_ENDPOINT:
                return key.shop in self.sellers
            case FindingClass.UNMANAGED:
                return self.listed
            case FindingClass.SILENT_NOTIFICATIONS:
                return key.shop in self.heard or self._gone(key.shop)
            case FindingClass.LEFT_CLOSED:
                return self.journal and (key.shop in self.compared | self.unread or self.complete)
            case _:
                return (key.shop in self.compared and not self.hides(key)) or self._gone(key.shop)

    def hides(self, key: FindingKey) -> bool:
        """Whether the part of a shop that the finding is in could not be read or compared, though the rest could."""
        parts = _parts(key) if self.unread_kinds else ()
        return (key.shop, key.field) in self.uncompared or any((key.shop, kind) in self.unread_kinds for kind in parts)

    def _gone(self, shop: str) -> bool:
        return self.complete and shop not in self.compared and shop not in self.unread


def _parts(key: FindingKey) -> tuple[str, ...]:
    """The kinds that say whether the finding is there. A field that is not known any more could be in any."""
    if not key.field:
        return _OF_A_SHOP
    ref = field_at(key.field)
    if ref is None:
        return tuple(kind.name for kind in KINDS)
    return (ref.kind, AMAZON_SETTINGS.name) if key.kind is FindingClass.NOT_FOLLOWING else (ref.kind,)
