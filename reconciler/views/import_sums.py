"""The sentences that sum an import up. In: an import and a look. Out: one-line strings without markup."""

from __future__ import annotations

from reconciler.core.diagnostics.messages import say
from reconciler.core.results.authoring import Imported, Proof
from reconciler.views.look import Look


def secrets_sum(imported: Imported, look: Look) -> str:
    return look.plural(
        "{count} token is referred to by its name, and is to be provided:",
        "{count} tokens are referred to by their names, and are to be provided:",
        len(imported.secrets),
    )


def files_sum(imported: Imported, look: Look) -> str:
    shops = look.plural("{count} shop", "{count} shops", len(imported.shops))
    new = sum(news.is_new for news in imported.files)
    changed = len(imported.files) - new
    if not imported.shops:
        return look.tell(say("Import: no shop was imported."))
    if not imported.files:
        return look.tell(say("Import: the manifests of {shops} say what stands; nothing to write.", shops=shops))
    if imported.check:
        return look.tell(
            say(
                "Import: {shops}; files: {new} would be new, {changed} changed; nothing was written.",
                new=new,
                changed=changed,
                shops=shops,
            )
        )
    return look.tell(
        say("Import: {shops}; files: {new} new, {changed} changed.", new=new, changed=changed, shops=shops)
    )


def proof_sum(proof: Proof, look: Look) -> str:
    if proof.holds and not proof.unproven:
        return look.plural(
            "Proven: a plan over {count} shop changes nothing.",
            "Proven: a plan over {count} shops changes nothing.",
            proof.shops,
        )
    if proof.holds:
        return look.plural(
            "Proven, but for the tokens that are not provided yet: a plan over {count} shop changes nothing.",
            "Proven, but for the tokens that are not provided yet: a plan over {count} shops changes nothing.",
            proof.shops,
        )
    return look.plural(
        "Not proven: of {count} shop, {open} would not stay as it is.",
        "Not proven: of {count} shops, {open} would not stay as they are.",
        proof.shops,
        open=proof.shops - proof.kept,
    )
