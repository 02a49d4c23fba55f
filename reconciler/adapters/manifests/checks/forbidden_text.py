"""What no text of a file may contain in any place: a credential, or a control character.

In: a parsed file. Out: diagnostics, each at the key or value that contains it; none of it is quoted. Keys are checked as well as
values, also values of a wrong shape: a credential in a wrong place is still a credential.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from reconciler.adapters.manifests.checks.plaintext_secrets import (
    pasted_credential_diagnostic,
    plaintext_secret_diagnostic,
)
from reconciler.adapters.manifests.describe import display_path, is_secret
from reconciler.adapters.manifests.yaml.parsed import Parsed, Path, origin_of
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.redaction import CONTROL_CHARACTERS, contains_credential, credential_kind
from reconciler.core.values import Origin

_MAY_HOLD_A_PASSWORD: Final = frozenset({("store",), ("ipn", "inbox")})
"""Of the settings: addresses of PostgreSQL databases. Manifests have no such keys."""


def forbidden_text(parsed: Parsed) -> Iterator[Diagnostic]:
    if parsed.harmless or not _is_suspect(parsed):
        return
    for node, path, is_key in _scalars(parsed.root, ()):
        origin = origin_of(parsed.file, node.start_mark)
        yield from _credential(node.value, path, is_key, origin, parsed)
        yield from _steering(node.value, path, origin)


def _is_suspect(parsed: Parsed) -> bool:
    """A quick look, since most files hold nothing: `repr` writes every character that is not seen with a backslash."""
    # Ends of lines, which most texts have, are no reason to look closely; of a written `\\n` a backslash stays.
    text = repr(parsed.data).replace("\\n", "\n")
    return bool(parsed.diagnostics) or "\\" in text or contains_credential(text)


def _scalars(node: Node | None, path: Path) -> Iterator[tuple[ScalarNode, Path, bool]]:
    """Every key and value with its path, and whether it is a key. The parser has bounded the depth."""
    if isinstance(node, ScalarNode):
        yield node, path, False
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            name = key.value if isinstance(key, ScalarNode) else "?"
            if isinstance(key, ScalarNode):
                yield key, (*path, name), True
            yield from _scalars(value, (*path, name))
    elif isinstance(node, SequenceNode):
        for index, item in enumerate(node.value):
            yield from _scalars(item, (*path, index))


def _credential(text: str, path: Path, is_key: bool, origin: Origin, parsed: Parsed) -> Iterator[Diagnostic]:
    form = None if path in _MAY_HOLD_A_PASSWORD else credential_kind(text)
    if form is not None:
        in_its_place = not is_key and is_secret(str(path[-1]), "")
        yield (
            plaintext_secret_diagnostic(path, parsed)
            if in_its_place
            else pasted_credential_diagnostic(path, form, origin, as_key=is_key)
        )


def _steering(text: str, path: Path, origin: Origin) -> Iterator[Diagnostic]:
    match = CONTROL_CHARACTERS.search(text)
    if match is not None:
        number, name = f"U+{ord(match[0]):04X}", unicodedata.name(match[0], "")
        yield diagnostic(
            codes.CONTROL_CHARACTER,
            msg(
                "`{place}` contains the control character {number}, which is not displayed",
                place=display_path(path),
                number=f"{number} {name}".strip(),
            ),
            expected=msg("text"),
            hint=msg("Delete the character (it is invisible)"),
            subject=display_path(path),
            origin=origin,
        )
