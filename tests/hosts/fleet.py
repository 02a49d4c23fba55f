"""A fleet, what the backend has of it, and what an apply of it may write: stated here, not asked of the tool.

Every shop gets another address for its mails. In every `CLOSING`th one 利用設定 is turned on too, for which it has to be closed.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.hosts.judge import Allowed, Field

CLOSING: Final = 5
CANARY: Final = 20
_MANIFEST: Final = """\
apiVersion: reconciler/v1
shop: {shop}
labels: {{wave: {wave}}}
amazon:
  enabled: true
  notification: {{email: new@{shop}.example}}
maintenance: {{close_shop: allow}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """`max_closed`: how many shops may be closed at a time, `closings` how often each. `changed`: how many of the first shops
    differ from their manifests; None: all. `closing`: False where no change needs a closed shop.
    """

    shops: int
    max_closed: int
    closings: int = 1
    changed: int | None = None
    closing: bool = True

    @property
    def names(self) -> list[str]:
        return [shop_name(number) for number in range(self.shops)]

    @property
    def differing(self) -> int:
        return self.shops if self.changed is None else self.changed

    def allowed(self) -> Allowed:
        fields: dict[Field, object] = {}
        closing = set()
        for number in range(self.differing):
            shop = shop_name(number)
            fields[shop, "amazonSettings", "notificationEmail"] = f"new@{shop}.example"
            if self._closes(number):
                fields[shop, "amazonSettings", "useAmazon"] = True
                closing.add(shop)
        return Allowed(fields=fields, closing=frozenset(closing), max_closed=self.max_closed, closings=self.closings)

    def write(self, folder: Path) -> None:
        """Manifests, as one commit of a repository."""
        (folder / "shops").mkdir(parents=True)
        for number, shop in enumerate(self.names):
            wave = "canary" if number % CANARY == 0 else "rest"
            (folder / "shops" / f"{shop}.yaml").write_text(_MANIFEST.format(shop=shop, wave=wave))

    def seed(self) -> dict[str, Any]:
        return {"shops": [self._seeded(number) for number in range(self.shops)]}

    def _seeded(self, number: int) -> dict[str, Any]:
        shop = shop_name(number)
        differs = number < self.differing
        return {
            "shopKey": shop,
            "entitlements": {"commerceCreator": "ENABLED"},
            "amazonSettings": {
                "useAmazon": not (differs and self._closes(number)),
                "sellerId": f"A{number:013d}",
                "clientId": f"amzn1.application-oa2-client.{number:032x}",
                "mwsAuthToken": {"state": "PRE_SET"},
                "notificationEmail": f"{'old' if differs else 'new'}@{shop}.example",
            },
        }

    def _closes(self, number: int) -> bool:
        return self.closing and number % CLOSING == 1


def shop_name(number: int) -> str:
    return f"shop-{number:06d}"


def commit(folder: Path, text: str) -> str:
    """All files of the folder, on the branch main of a repository; the commit."""
    if not (folder / ".git").exists():
        _git(folder, "init", "--quiet", "--initial-branch=main")
    _git(folder, "add", ".")
    who = ("-c", "user.name=Hanako", "-c", "user.email=hanako@shops.example")
    _git(folder, *who, "commit", "--quiet", "--message", text)
    return _git(folder, "rev-parse", "HEAD")


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()
