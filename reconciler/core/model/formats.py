"""The written forms of ids, token and addresses, each with the words that explain it.

One statement of each form, read by the JSON Schema, the manifest check, the check of a resolved secret and the tests.
Sources: Amazon's own documents as summarised in the domain notes; the platform states no form.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.values import ShopKey, full_match
from reconciler.lib.frozen_class import frozen


@frozen
class Format:
    """`pattern` is anchored and means the same in JSON Schema (ECMA) and Python."""

    name: str
    pattern: str
    expected: Message
    example: str

    def accepts(self, text: str) -> bool:
        return full_match(self.pattern, text)

    def violation(self, text: str) -> Message:
        """What is wrong with a text this form does not accept; never quotes the text."""
        if self.accepts(text.strip()):
            return msg("it has spaces or line breaks around it, as pasted values often do")
        if self.accepts(text.strip().lower()) or self.accepts(text.strip().upper()):
            return msg("its letters have the wrong case")
        return misplaced_value_kind(text) or msg("it has an invalid format")

    def explains(self, text: str) -> bool:
        """Whether `violation` can name a cause."""
        near = (text.strip(), text.strip().lower(), text.strip().upper())
        return any(map(self.accepts, near)) or misplaced_value_kind(text) is not None


SHOP_KEY: Final = Format(
    name="shop-key",
    pattern=ShopKey.PATTERN,
    expected=msg("1 to 40 lower-case letters, digits and hyphens, without a hyphen at either end"),
    example="kyoto-tea",
)
SELLER_ID: Final = Format(
    name="seller-id",
    pattern=r"^A[A-Z0-9]{9,20}$",
    expected=msg("`A` and 9 to 20 capital letters or digits"),
    example="A1EXAMPLE234567",
)
CLIENT_ID: Final = Format(
    name="client-id",
    pattern=r"^amzn1\.application-oa2-client\.[0-9a-f]{32}$",
    expected=msg("`amzn1.application-oa2-client.` and 32 lower-case hexadecimal digits"),
    example="amzn1.application-oa2-client.0123456789abcdef0123456789abcdef",
)
MWS_AUTH_TOKEN: Final = Format(
    name="mws-auth-token",
    pattern=r"^amzn\.mws\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    expected=msg("`amzn.mws.` and a lower-case UUID"),
    example="amzn.mws.00000000-0000-0000-0000-000000000000",
)
TOKEN_DECLARATION: Final = Format(
    name="token-declaration",
    pattern=r"^(pre-set|ref\+[a-z][a-z0-9.-]*://[^\s]+)$",
    expected=msg("`pre-set`, or a reference such as ref+env://NAME or ref+file://PATH"),
    example="ref+env://KYOTO_TEA_MWS_AUTH_TOKEN",
)
EMAIL: Final = Format(
    name="email",
    pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$",
    expected=msg("one email address such as name@shop.example"),
    example="amazon-pay@kyoto-tea.example",
)
PART_NAME: Final = Format(
    name="part-name",
    pattern=r"^[a-z][a-z0-9_]{0,39}$",
    expected=msg("a lower-case name such as order_area"),
    example="order_area",
)
WINDOW: Final = Format(
    name="window",
    pattern=r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]-(?:[01][0-9]|2[0-3]):[0-5][0-9]$",
    expected=msg("two times of day, from and to, such as 01:00-05:00"),
    example="01:00-05:00",
)
LABEL: Final = Format(
    name="label",
    pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?$",
    expected=msg("1 to 63 letters, digits and `.`, `_`, `-`, `/`, starting and ending with a letter or digit"),
    example="canary",
)
GROUP: Final = Format(
    name="group",
    pattern=ShopKey.PATTERN,
    expected=msg("the name of a file in _groups, without .yaml"),
    example="standard",
)

_KEY_ID: Final = r"^(?:LIVE|SANDBOX)-[A-Za-z0-9]+$"
_PEM: Final = "-----BEGIN "


def misplaced_value_kind(text: str) -> Message | None:
    """What a value in another value's place is, by its form; never quotes it."""
    bare = text.strip()
    if full_match(_KEY_ID, bare):
        return msg("it is the id of an Amazon Pay public key, not a ClientId, and does not belong here")
    if bare.startswith(_PEM):
        return msg("it is a PEM block, a key or a certificate, which does not belong here")
    for form, kind in _KINDS:
        if form.accepts(bare):
            return kind
    if any(unicodedata.east_asian_width(character) == "F" for character in text):
        return msg("it contains full-width characters (全角): type them as half-width characters (半角)")
    return None


_KINDS: Final = (
    (CLIENT_ID, msg("it is a ClientId, which belongs under `amazon.api.client_id`")),
    (SELLER_ID, msg("it is a SellerId, which belongs under `amazon.api.seller_id`")),
    (MWS_AUTH_TOKEN, msg("it is an MWSAuthToken, which must never be written into a file")),
    (EMAIL, msg("it is an email address")),
)
