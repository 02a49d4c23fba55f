"""Whether a text contains a secret: the forms of credentials, and what of a text may be quoted.

In: any text, also a hostile one. Out: what it looks like, or the text without the suspicious part. There are two checks.
`credential` knows forms that do not occur by chance: a value with one is a secret in any place. `may_be_secret` is wider, for
texts that are only quoted: there a wrong suspicion costs a few words.
"""

from __future__ import annotations

import re
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.lib.frozen_class import frozen

REDACTED: Final = "(not shown)"
"""Replaces a removed part of a text."""

_DOT: Final = r"(?:[\W_]|%2e){0,3}"
_BAR: Final = r"(?:\||%7c)"
_UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_REST: Final = r"[^\s'\"`<>(){}\[\],;]*"
"""What follows belongs to it: a credential goes on to the end of its word."""


@frozen
class _Form:
    """`pattern` is in small letters, `hint` what all it finds hold: both make looking through a fleet quick.

    Patterns are compiled by their first use: most runs meet nothing suspicious.
    """

    name: Message
    hint: str
    pattern: str


_FORMS: Final = (
    _Form(name=msg("an MWSAuthToken"), hint="amzn", pattern=rf"amzn{_DOT}mws{_DOT}(?:[0-9a-f]-?){{8}}"),
    _Form(
        name=msg("a client secret of Amazon Login"),
        hint="oa2-cs",
        pattern=rf"amzn1{_DOT}oa2-cs{_DOT}(?:v[0-9]{_DOT})?[0-9a-z]{{4}}",
    ),
    _Form(
        name=msg("an access token of Amazon Login"), hint="atz", pattern=rf"(?<![a-z0-9])atz[a-z]{_BAR}[\w+/=-]{{4}}"
    ),
    _Form(name=msg("an access key of AWS"), hint="akia", pattern=r"akia(?<![a-z0-9]akia)[a-z0-9]{16}(?![a-z0-9])"),
    _Form(name=msg("an access key of AWS"), hint="asia", pattern=r"asia(?<![a-z0-9]asia)[a-z0-9]{16}(?![a-z0-9])"),
    _Form(
        name=msg("a private key"),
        hint="private key",
        pattern=r"-----begin (?:[a-z0-9]+ ){0,3}private key(?: block)?-----",
    ),
    _Form(name=msg("a bearer token"), hint="bearer", pattern=r"(?<![a-z0-9])bearer\s+(?=\S*\d)[\w.~+/=|-]{12}"),
    _Form(name=msg("a signed token"), hint="eyj", pattern=r"(?<![a-z0-9])eyj[\w-]{8,}\.[\w-]{8,}\."),
    _Form(name=msg("an address with a password"), hint="@", pattern=r"://[^\s/:@]*:[^\s/@]+@"),
    # A variable's name holds no hyphens: what has the form of a UUID here is the second half of an MWSAuthToken.
    _Form(name=msg("an MWSAuthToken"), hint="ref+env://", pattern=rf"ref\+env://{_UUID}"),
)
_SHORTEST: Final = 6
"""`://:x@`. Most of what is looked through is shorter: versions, words, labels."""

_DOUBTFUL: Final = (
    r"(?i:amzn[\W_]?mws|amzn1[\W_]oa2-cs|Atz[a-z](?:\||%7c)|Bearer\s|Basic\s+[A-Za-z0-9+/=]{8}"
    r"|[A-Za-z0-9+/=]{32,}|[A-Za-z0-9_-]{37,}|://[^\s]*@|[^\s/:@]+:[^\s/@]+@"
    r"|(?:secret|token|password|passwd|authorization)[\"']?\s*[=:])"
)
_OPAQUE: Final = rf"(?i:{_UUID})|(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=[^0-9]*[0-9])[A-Za-z0-9+/=]{{20,}}|[0-9a-f]{{32,}}"

CONTROL_CHARACTERS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\r(?!\n)")
"""Controls but for tabs and line ends, and what turns the direction of writing: a text that holds one shows as another."""

INVISIBLE_CHARACTERS: Final = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2064\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
"""What takes no ink, or no room: fillers, joiners, variation selectors, the empty Braille pattern."""

_HIDDEN_USER: Final = r"(?:\(not shown\)@)?"
_PARTS_OF_ADDRESSES: Final = (
    # To the last @: what a password may hold that was not escaped is not known.
    (r"://[^\n]*@", f"://{REDACTED}@"),
    (rf"(://{_HIDDEN_USER}[^\s?#]*)[?#]\S*", rf"\1?{REDACTED}"),
    (
        rf"(://{_HIDDEN_USER}(?:\[[^\]\s]*\]|[^\s/:?#\[]*)):(?![0-9]{{1,5}}(?:[/?\s]|$))[^\s/?]*",
        rf"\1:{REDACTED}",
    ),
)


def credential_kind(text: str) -> Message | None:
    """The name of the credential that the text holds, or None."""
    if len(text) < _SHORTEST:
        return None
    small = text.lower()
    for form in _FORMS:
        if form.hint in small and re.search(form.pattern, small):
            return form.name
    return None


def contains_credential(text: str) -> bool:
    return credential_kind(text) is not None


def is_visible(character: str) -> bool:
    """Whether a reader sees the character. The ideographic space is an ordinary space of Japanese text."""
    printable = character.isprintable() or character == "\u3000"
    return printable and INVISIBLE_CHARACTERS.match(character) is None


def is_safe_text(text: str) -> bool:
    """Whether it may be in a file: no credential and no control character."""
    return CONTROL_CHARACTERS.search(text) is None and not contains_credential(text)


def may_be_secret(text: str) -> bool:
    """Whether a part of the text might be a secret, or the words around it say so."""
    return re.search(_DOUBTFUL, text) is not None or contains_credential(text)


def is_high_entropy(text: str) -> bool:
    """Whether the whole text looks generated: a UUID, a long key."""
    return re.fullmatch(_OPAQUE, text) is not None


def redact(text: str) -> str:
    """The text without credentials, and without user, query, fragment and a strange port of the addresses in it."""
    for part, instead in _PARTS_OF_ADDRESSES if "://" in text else ():
        text = re.sub(part, instead, text)
    # Without regard to case some letters of other alphabets are equal to ours: there a hint says nothing.
    hints = text.lower() if text.isascii() else None
    for form in _FORMS:
        if hints is None or form.hint in hints:
            text = re.sub(form.pattern + _REST, REDACTED, text, flags=re.IGNORECASE)
    return text
