"""What a look could see. A finding that it could not see is neither opened nor resolved.

In: what was read. Out: whether the absence of a finding says that it is gone.
"""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.core.findings.finding import FindingClass, FindingKey


@dataclass(frozen=True, slots=True, kw_only=True)
class LookScope:
    """`compared` are the shops that could be read, `unread` those that could not. `complete`: all declared shops are among the
    two, so that any other shop has no manifest. `uncompared` are fields (shop, place) whose secret was not available. `sellers`
    are those whose list of endpoints was read; `heard` the shops whose notifications are known. `journal`: it is known which
    shops killed runs left closed. `listed`: the shops of the backend are known.
    """

    compared: frozenset[str]
    unread: frozenset[str] = frozenset()
    complete: bool = False
    uncompared: frozenset[tuple[str, str]] = frozenset()
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
                compared = key.shop in self.compared and (key.shop, key.field) not in self.uncompared
                return compared or self._gone(key.shop)

    def _gone(self, shop: str) -> bool:
        return self.complete and shop not in self.compared and shop not in self.unread
