"""A secret that stands where its reference should. No message here quotes any part of what was found.

In: the text that is no reference. Out: one diagnostic that tells a token in plain text from a reference that is misspelled.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final

from reconciler.adapters.manifests.describe import place_of
from reconciler.adapters.manifests.documents.formats import SECRET_REFERENCE
from reconciler.adapters.manifests.yaml.parsed import Parsed, Path
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, found
from reconciler.core.diagnostics.messages import Text, say
from reconciler.core.model.formats import TOKEN_DECLARATION, Form
from reconciler.core.values import PRE_SET, PRE_SET_LITERAL, Origin

TOKEN_FORMS: Final = frozenset({TOKEN_DECLARATION.name, SECRET_REFERENCE.name})
_DECLARED: Final = "mws_auth_token"
_TAKE_OUT: Final = say(
    "Take it out: a secret is named by a reference such as ref+env://NAME, where one belongs, and kept outside of Git; one that"
    " was committed has to be renewed"
)
_PRE_SET_WORDS: Final = frozenset({"preset", re.sub(r"[^a-z]", "", PRE_SET_LITERAL.lower())})


def wrong_token(text: str, form: Form, path: Path, parsed: Parsed) -> Diagnostic:
    """`text` does not have the form of a declaration."""
    place = place_of(path)
    if form is TOKEN_DECLARATION and re.sub(r"[^a-z]", "", text.lower()) in _PRE_SET_WORDS:
        summary = say("`{place}` names a token that Amazon holds, in other words than manifests do", place=place)
        way_on = say("Write {word}", word=PRE_SET.value)
    elif form.accepts(text.strip()) or text.strip().startswith("ref+"):
        summary = say("`{place}` is not in its form: {fault}", place=place, fault=form.fault(text))
        way_on = say("Write it like {example}", example=_reference(path, parsed))
    else:
        return plaintext(path, parsed)
    return found(
        codes.WRONG_FORM,
        summary,
        expected=form.expected,
        way_on=way_on,
        subject=place,
        origin=parsed.where(path),
    )


def plaintext(path: Path, parsed: Parsed) -> Diagnostic:
    """A secret where its reference belongs."""
    place = place_of(path)
    return found(
        codes.PLAINTEXT_TOKEN,
        say("`{place}` holds a text that may be the secret itself", place=place),
        expected=TOKEN_DECLARATION.expected if path[-1] == _DECLARED else SECRET_REFERENCE.expected,
        way_on=_move(path, parsed),
        subject=place,
        origin=parsed.where(path),
    )


def pasted(path: Path, credential: Text, origin: Origin, *, as_key: bool) -> Diagnostic:
    """A secret where none belongs; `credential` names its form, `as_key` says that it is the key at which the path ends."""
    place, above = place_of(path), place_of(path[:-1])
    if not as_key:
        summary = say("`{place}` holds what has the form of {credential}", place=place, credential=credential)
    else:
        key = say("a key of `{place}`", place=above) if above else say("a key")
        summary = say("What stands as {key} has the form of {credential}", key=key, credential=credential)
    return found(codes.PLAINTEXT_TOKEN, summary, way_on=_TAKE_OUT, subject=place, origin=origin)


def _move(path: Path, parsed: Parsed) -> Text:
    return say(
        "Keep the secret outside of Git and write {reference} here; a secret that was committed has to be renewed",
        reference=_reference(path, parsed),
    )


def _reference(path: Path, parsed: Parsed) -> str:
    """A name of its own for this file's secret: KYOTO_TEA_MWS_AUTH_TOKEN."""
    name = f"{PurePosixPath(parsed.file).stem}_{path[-1]}"
    return f"ref+env://{re.sub(r'[^A-Z0-9]+', '_', name.upper()).strip('_')}"
