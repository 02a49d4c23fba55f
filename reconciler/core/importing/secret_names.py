"""By which name a shop's token is to be found: a pattern, and what it makes of a shop.

In: `ref+env://{SHOP}_MWS_AUTH_TOKEN`. Out: `ref+env://KYOTO_TEA_MWS_AUTH_TOKEN`. Two shops never get the same name.
"""

from __future__ import annotations

import re
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import contains_credential
from reconciler.core.model.formats import TOKEN_DECLARATION
from reconciler.core.values import SecretRef, ShopKey
from reconciler.lib.frozen_class import frozen

_PLACE: Final = re.compile(r"\{([^{}]*)\}")
_NAMES: Final = frozenset({"shop", "SHOP"})


@frozen(kw_only=False)
class SecretNamePattern:
    """`{shop}` stands for the key as it is, `{SHOP}` for what it is in the name of a variable."""

    pattern: str = "ref+env://{SHOP}_MWS_AUTH_TOKEN"

    @property
    def error(self) -> Message | None:
        """Why the pattern cannot name secrets; never quotes what may be one."""
        names = set(_PLACE.findall(self.pattern))
        if not names & _NAMES:
            return msg("it does not name the shop: add {small} or {capital}", small="{shop}", capital="{SHOP}")
        if names - _NAMES:
            known = msg("{small} and {capital}", small="{shop}", capital="{SHOP}")
            return msg("only {known} may be in braces", known=known)
        named = self.for_shop(ShopKey("kyoto-tea")).uri
        if "{" in named or "}" in named or not named.startswith("ref+") or not TOKEN_DECLARATION.accepts(named):
            return msg("it is not a reference such as ref+env://NAME or ref+file://PATH")
        return msg("it looks like a secret") if contains_credential(named) else None

    def for_shop(self, shop: ShopKey) -> SecretRef:
        return SecretRef(self.pattern.replace("{shop}", shop).replace("{SHOP}", variable(shop)))


def variable(shop: ShopKey) -> str:
    """As a shell takes it: no hyphen, and no digit at the beginning. Different for different shops."""
    name = shop.upper().replace("-", "_")
    return f"_{name}" if name[0].isdigit() else name
