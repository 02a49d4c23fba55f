"""The `console` part of the settings as values."""

from __future__ import annotations

from reconciler.adapters.settings.console_documents import ConsoleDocument
from reconciler.core.values import SecretRef
from reconciler.lib.frozen_class import frozen


@frozen
class ConsoleProxySettings:
    """`addresses` are addresses and ranges as written. `header` None: there is no sign-in by a proxy."""

    addresses: tuple[str, ...]
    header: str | None = None


@frozen
class ConsoleSettings:
    """`hosts` are in lower case."""

    token: SecretRef | None = None
    proxy: ConsoleProxySettings | None = None
    hosts: frozenset[str] = frozenset()


def console_settings(document: ConsoleDocument) -> ConsoleSettings:
    proxy = document.proxy
    return ConsoleSettings(
        token=None if document.token is None else SecretRef(document.token),
        proxy=None if proxy is None else ConsoleProxySettings(addresses=tuple(proxy.addresses), header=proxy.header),
        hosts=frozenset(host.lower() for host in document.hosts or ()),
    )
