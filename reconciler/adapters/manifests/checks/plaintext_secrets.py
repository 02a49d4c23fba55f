"""A secret in place of its reference. No message here quotes any part of the value.

In: the text that is no reference. Out: one diagnostic that distinguishes a plaintext token from a misspelt reference.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final

from reconciler.adapters.manifests.describe import display_path
from reconciler.adapters.manifests.documents.formats import SECRET_REFERENCE
from reconciler.adapters.manifests.yaml.parsed import Parsed, Path
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.formats import TOKEN_DECLARATION, Format
from reconciler.core.values import PRE_SET, PRE_SET_LITERAL, Origin

TOKEN_FORMS: Final = frozenset({TOKEN_DECLARATION.name, SECRET_REFERENCE.name})
_DECLARED: Final = "mws_auth_token"
_OF_SECRETS: Final = frozenset({"PASSWORD", "SECRET", "TOKEN", "URL"})
_TAKE_OUT: Final = msg(
    "Remove it: write a reference such as ref+env://NAME where a secret belongs, and keep "
    "the secret outside of Git; renew a secret that was committed"
)
_PRE_SET_WORDS: Final = frozenset({"preset", re.sub(r"[^a-z]", "", PRE_SET_LITERAL.lower())})


def secret_ref_diagnostic(text: str, form: Format, path: Path, parsed: Parsed) -> Diagnostic:
    """`text` does not have the form of a declaration."""
    place = display_path(path)
    if form is TOKEN_DECLARATION and re.sub(r"[^a-z]", "", text.lower()) in _PRE_SET_WORDS:
        summary = msg(
            "`{place}` refers to a token that Amazon holds, but not with the word that manifests use", place=place
        )
        hint = msg("Write {word}", word=PRE_SET.value)
    elif form.accepts(text.strip()) or text.strip().startswith("ref+"):
        summary = msg("`{place}` has an invalid format: {fault}", place=place, fault=form.violation(text))
        hint = msg("Write it like {example}", example=_reference(path, parsed))
    else:
        return plaintext_secret_diagnostic(path, parsed)
    return diagnostic(
        codes.WRONG_FORM,
        summary,
        expected=form.expected,
        hint=hint,
        subject=place,
        origin=parsed.origin(path),
    )


def plaintext_secret_diagnostic(path: Path, parsed: Parsed) -> Diagnostic:
    """A secret where its reference belongs."""
    place = display_path(path)
    return diagnostic(
        codes.PLAINTEXT_TOKEN,
        msg("`{place}` contains a text that may be the secret itself", place=place),
        expected=TOKEN_DECLARATION.expected if path[-1] == _DECLARED else SECRET_REFERENCE.expected,
        hint=_move(path, parsed),
        subject=place,
        origin=parsed.origin(path),
    )


def pasted_credential_diagnostic(path: Path, credential: Message, origin: Origin, *, as_key: bool) -> Diagnostic:
    """A secret where none belongs; `credential` names its form, `as_key` says that it is the key at which the path ends."""
    place, above = display_path(path), display_path(path[:-1])
    if not as_key:
        summary = msg("`{place}` looks like {credential}", place=place, credential=credential)
    else:
        key = msg("a key of `{place}`", place=above) if above else msg("a key")
        summary = msg("{key} looks like {credential}", key=key, credential=credential)
    return diagnostic(codes.PLAINTEXT_TOKEN, summary, hint=_TAKE_OUT, subject=place, origin=origin)


def _move(path: Path, parsed: Parsed) -> Message:
    return msg(
        "Keep the secret outside of Git and write {reference} here; renew a secret that was committed",
        reference=_reference(path, parsed),
    )


def _reference(path: Path, parsed: Parsed) -> str:
    """A name of its own: of a shop's token KYOTO_TEA_MWS_AUTH_TOKEN, of a setting with its whole path RECONCILER_CONSOLE_TOKEN.
    The last key of a setting alone may name another secret of the same file.
    """
    keys = path[-1:] if path[-1] == _DECLARED else path
    words = [PurePosixPath(parsed.file).stem, *(key if isinstance(key, str) else str(key + 1) for key in keys)]
    name = re.sub(r"[^A-Z0-9]+", "_", "_".join(words).upper()).strip("_")
    return f"ref+env://{name}_SECRET" if _OF_SECRETS.isdisjoint(name.split("_")) else f"ref+env://{name}"
