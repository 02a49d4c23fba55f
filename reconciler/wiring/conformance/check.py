"""Options and settings → a check of a backend.

Credentials of the settings are sent to the address of the settings only; any other address needs its own. Over plain HTTP they
are sent to this machine only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.values import Secret, SecretRef
from reconciler.lib.addresses import is_loopback, url_origin
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError
from reconciler.wiring.runtime import client_secret, client_secret_reference, secrets

if TYPE_CHECKING:
    from reconciler.adapters.settings.settings import Settings
    from reconciler.core.conformance.report import ConformanceReport
    from reconciler.workflows.session import Session


@frozen
class CheckOptions:
    """As given on the command line. `client_secret` and `token` are references to secrets."""

    url: str
    shops: tuple[str, ...]
    client_id: str | None = None
    client_secret: str | None = None
    token: str | None = None
    only: frozenset[str] = frozenset()
    read_only: bool = False


async def check_conformance(session: Session, settings: Settings, options: CheckOptions) -> ConformanceReport:
    """Raises SetupError, SecretMissing or BackendError where no check is possible."""
    from reconciler.conformance.client import CheckedBackend
    from reconciler.conformance.run import ConformanceRequest, check_clauses

    _require_safe_address(options.url)
    client, secret = _credentials(settings, options)
    request = ConformanceRequest(
        backend=CheckedBackend(
            url=options.url.rstrip("/"), client_id=client, client_secret=secret, timeout=settings.timeouts.read
        ),
        shops=options.shops,
        token=None if options.token is None else _resolve(settings, options.token),
        only=options.only,
        read_only=options.read_only,
    )
    return await check_clauses(request, session.clock, session.stop_signals)


def _require_safe_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        hint = msg("Give the address of the backend, for example https://admin.platform.example")
        raise _refusal(msg("Not an address of a backend: {url}", url=url), hint)
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        hint = msg("Use https, or check the backend on this machine")
        raise _refusal(msg("The client secret would be sent unencrypted to {host}", host=parts.hostname), hint)


def _credentials(settings: Settings, options: CheckOptions) -> tuple[str, Secret]:
    """Of the options, else of the settings if they are of this backend."""
    if options.client_id is not None:
        reference = options.client_secret or str(client_secret_reference(settings).uri)
        return options.client_id, _resolve(settings, reference)
    given = settings.backend
    own = given.url is not None and url_origin(urlsplit(given.url)) == url_origin(urlsplit(options.url))
    if not own or given.client_id is None:
        hint = msg("Add `--client-id` and `--client-secret ref+env://NAME`")
        raise _refusal(msg("The settings have no credentials for {url}", url=options.url), hint)
    return given.client_id, client_secret(settings)


def _resolve(settings: Settings, reference: str) -> Secret:
    """What is given as a value is not quoted: it may be the secret."""
    if not (reference.startswith("ref+") and "://" in reference):
        hint = msg("Name where it is stored: ref+env://NAME or ref+file://PATH")
        raise _refusal(msg("A secret is given as a reference, not as a value"), hint)
    return secrets(settings).resolve(SecretRef(reference))


def _refusal(text: Message, hint: Message) -> SetupError:
    return SetupError(text, hint=hint, code=codes.BAD_SETTINGS)
