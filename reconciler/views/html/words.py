"""What a page says of itself: titles, the way to check the fingerprint, names of facts.

In: a context. Out: sentences without markup.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.results.command import RunIdentity
from reconciler.views.common.context import RenderContext
from reconciler.views.html.elements import LeafTable

_WORDS: Final[dict[str, Message]] = {
    "skip": msg("Skip to content"),
    "contents": msg("Contents"),
    "fingerprint": msg("Fingerprint"),
    "made_by": msg("About this page"),
    "leaf": msg("Leaf (SHA-256)"),
    "subtree": msg("Root of the part (SHA-256)"),
    "shop": msg("Shop"),
    "part": msg("Part"),
    "equal": msg("Checked in this browser: the list gives exactly this fingerprint."),
    "differs": msg("The list does not give this fingerprint. Do not approve what this page shows."),
    "unable": msg("This browser cannot compute SHA-256 here; check on the command line."),
}
_KINDS: Final[dict[str, Message]] = {
    "plan": msg("Plan"),
    "report": msg("Report"),
    "drift": msg("Drift"),
    "validation": msg("Validation"),
    "failure": msg("Failure"),
}


def page_words(kind: str, context: RenderContext) -> Mapping[str, str]:
    words = {name: context.translate(word) for name, word in _WORDS.items()}
    return {**words, "kind": context.translate(_KINDS[kind])}


def identity_facts(identity: RunIdentity | None, context: RenderContext) -> tuple[tuple[str, str], ...]:
    """Who made the page, from what and when; nothing where that is not known."""
    if identity is None:
        return ()
    facts = (
        (msg("Environment"), identity.environment),
        (msg("Backend"), identity.backend),
        (msg("Commit"), identity.commit or ""),
        (msg("Made at"), context.time(identity.ended)),
        (msg("Made by"), f"{identity.actor} ({identity.host})"),
        (msg("Run"), identity.run),
        (msg("Version"), identity.tool_version),
    )
    return tuple((context.translate(name), value) for name, value in facts if value)


def check_by_command(identity: RunIdentity | None, context: RenderContext) -> str:
    """How the fingerprint is checked without the page."""
    if identity is None or identity.commit is None:
        return context.translate(
            msg("To check it on the command line, run `reconciler plan`: an equal plan has an equal fingerprint.")
        )
    return context.translate(
        msg(
            "To check it on the command line, run `reconciler plan` at commit `{commit}`: an equal plan has an equal "
            "fingerprint.",
            commit=identity.commit,
        )
    )


def leaves_title(leaves: LeafTable | None, context: RenderContext) -> str:
    if leaves is None:
        return ""
    if leaves.each_shop:
        return context.plural(
            "The leaf of {count} shop with changes", "The leaves of {count} shops with changes", leaves.shops
        )
    return context.plural(
        "Parts of the Merkle tree over {count} shop with changes",
        "Parts of the Merkle tree over {count} shops with changes",
        leaves.shops,
    )
