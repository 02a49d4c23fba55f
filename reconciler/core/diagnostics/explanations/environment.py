"""Of the codes of secrets, settings, the command line, the selection and the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.explanations.explanation import Explanation, field_name
from reconciler.core.diagnostics.messages import msg

ENVIRONMENT: Final[Mapping[Code, Explanation]] = {
    codes.SECRET_MISSING: Explanation(
        msg("The environment variable {name} is not set", name="KYOTO_TEA_MWS_AUTH_TOKEN"),
        msg(
            "Set {name} in the environment of the run, or among the secrets of the CI", name="KYOTO_TEA_MWS_AUTH_TOKEN"
        ),
    ),
    codes.SECRET_SCHEME: Explanation(
        msg("{ref}: unknown secret scheme {scheme}", ref="ref+vault://kyoto-tea", scheme="vault"),
        msg("Use one of {known}, or install the package that provides the scheme", known="env, file"),
    ),
    codes.SECRET_FORM: Explanation(
        msg(
            "The secret of {source} is not an MWSAuthToken: {fault}",
            source="ref+env://KYOTO_TEA_MWS_AUTH_TOKEN",
            fault=msg("it has spaces or line breaks around it, as pasted values often do"),
        ),
        msg("Copy the token again from Amazon Seller Central, without anything around it"),
    ),
    codes.NOT_COMPARED: Explanation(
        msg(
            "{label} was not compared: {reason}",
            label=field_name("MWSAuthToken", "amazon.api.mws_auth_token"),
            reason=msg("The environment variable {name} is not set", name="KYOTO_TEA_MWS_AUTH_TOKEN"),
        ),
        msg(
            "Set {name} in the environment of the run, or among the secrets of the CI", name="KYOTO_TEA_MWS_AUTH_TOKEN"
        ),
    ),
    codes.REFERENCE_CHANGED: Explanation(
        msg(
            "{label} was last applied from {before}, and the manifest refers to {after}",
            label=field_name("MWSAuthToken", "amazon.api.mws_auth_token"),
            before="ref+env://KYOTO_TEA_TOKEN",
            after="ref+env://KYOTO_TEA_MWS_AUTH_TOKEN",
        ),
        msg("Nothing, if the manifest was changed on purpose: an apply writes the secret of the new reference"),
    ),
    codes.OTHER_KEY: Explanation(
        msg(
            "The store recorded secrets under another key: which side changed is unknown for {count} of them", count=12
        ),
        msg("Use the key that applies use: RECONCILER_PLAN_KEY, or .reconciler/plan.key with its older keys"),
    ),
    codes.NOT_ROTATED: Explanation(
        msg(
            "Not rotated: {reason}",
            reason=msg("shops of another SellerId refer to the same secret: {shops}", shops="osaka (A2EXAMPLE234567)"),
        ),
        msg(
            "A token belongs to one SellerId ({seller}): give the other shops a reference of their own first",
            seller="A1EXAMPLE234567",
        ),
    ),
    codes.BAD_SETTINGS: Explanation(
        msg("`backend` has {given} without its counterpart", given="client_id"),
        msg("Fix reconciler.yaml at the place in the message; `reconciler schema settings` describes its keys"),
    ),
    codes.USAGE: Explanation(
        msg("{message}", message="No such option '--grup'. Did you mean '--group'?"),
        msg("Run `{command} --help` for usage", command="reconciler plan"),
    ),
    codes.OUTPUT_NOT_WRITTEN: Explanation(
        msg(
            "The output cannot be written to {file}: {reason}",
            file="reports/plan.json",
            reason="no such file or directory",
        ),
        msg("Use a file in an existing, writable folder"),
    ),
    codes.NO_SUCH_SHOP: Explanation(
        msg("No manifest matches {asked}", asked="'kyoto'"),
        msg("Patterns match whole shop keys; `reconciler validate` without arguments counts all shops"),
    ),
    codes.NO_SUCH_RUN: Explanation(
        msg("No runs found for {run}", run="6f1c2a90"),
        msg("`reconciler runs list` shows the ids"),
    ),
    codes.AMBIGUOUS_RUN: Explanation(
        msg("More than one run starts with {run}", run="6"),
        msg("Give more characters of the id"),
    ),
    codes.NOT_SET: Explanation(
        msg("{field} is not set", field=field_name("Notification email", "amazon.notification.email")),
        msg("`reconciler show {shop}` lists all fields", shop="kyoto-tea"),
    ),
    codes.SECRET_NOT_SHOWN: Explanation(
        msg("{field} is a secret and is never printed", field=field_name("MWSAuthToken", "amazon.api.mws_auth_token")),
        msg("`reconciler show {shop}` lists all fields", shop="kyoto-tea"),
    ),
    codes.NOT_COMMITTED: Explanation(
        msg("Not committed: {files}", files="shops/kyoto-tea.yaml"),
        msg("Commit them: workers read the manifests and settings of the commit"),
    ),
    codes.ONLY_LOCAL: Explanation(
        msg(
            "{options} cannot be combined with the executor {executor}", options="--unmanaged", executor="procrastinate"
        ),
        msg("Add `--executor local`, or leave them out"),
    ),
    codes.BAD_TEMPLATE: Explanation(
        msg("The manifest of {shop} cannot be used as a template", shop="kyoto-tea"),
        msg("`reconciler validate {shop}` shows its errors", shop="kyoto-tea"),
    ),
    codes.ALLOWED_FOR_NONE: Explanation(
        msg("--allow {guard}:{pattern} matches no selected shop", guard="outside-window", pattern="'kyoto-tae'"),
        msg("Did you mean {keys}?", keys="kyoto-tea"),
    ),
    codes.UNUSABLE: Explanation(
        msg(
            "The store {place} cannot be used: {reason}",
            place=".reconciler/journal.db",
            reason=msg("permission denied: give the file and its folder write permission"),
        ),
        msg("Fix what the message names (a file, its permissions, a key or an address), then run the command again"),
    ),
    codes.EPHEMERAL_STORE: Explanation(
        msg(
            "The store {place} is inside the work tree of a CI job: if the job is killed while a "
            "shop is closed, nothing records that the shop must be reopened",
            place=".reconciler/journal.db",
        ),
        msg("Use PostgreSQL (`store: postgresql://...`), or keep the folder .reconciler between jobs"),
    ),
    codes.SHOP_IN_USE: Explanation(
        msg("Shop {shop} is open and Amazon Pay is enabled: customers may be paying", shop="kyoto-tea"),
        msg("Name a shop for tests, or close the shop, or add `--read-only`"),
    ),
    codes.NO_REVISION: Explanation(
        msg("Unknown Git revision {revision}", revision="'origin/mian'"),
        msg("Use one commit, branch or tag; `git fetch` gets those that only the server has"),
    ),
    codes.KEY_EXISTS: Explanation(
        msg("A key already exists in {place}", place=".reconciler/plan.key"),
        msg("Replace it with `reconciler key rotate`, which keeps the current key for what was made with it"),
    ),
    codes.NO_KEY: Explanation(msg("There is no key to replace"), msg("Create one with `reconciler key create`")),
    codes.NO_WORKER: Explanation(
        msg("Workers need a PostgreSQL store, and `store` is a file"),
        msg("Set `store: postgresql://...`; `reconciler store copy` takes the history along"),
    ),
    codes.WORKER_GAVE_UP: Explanation(
        msg("The worker gave up after {count} failures in a row ({kind})", count=10, kind="OperationalError"),
        msg("Check the database of the store, then start the worker again: chunks that did not end are kept"),
    ),
    codes.NOT_LISTENING: Explanation(
        msg("Cannot listen on {host}:{port}: {message}", host="127.0.0.1", port=8765, message="Address already in use"),
        msg(
            "Choose another port with {option} or {variable}, or 0 for a free one",
            option="--port",
            variable="RECONCILER_BACKEND_PORT",
        ),
    ),
}
