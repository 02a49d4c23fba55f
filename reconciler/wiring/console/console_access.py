"""Who may read the console, from the settings. Settings with which strangers could read it are refused before it listens."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

from reconciler.adapters.settings.settings import Settings
from reconciler.core.diagnostics.messages import msg
from reconciler.core.values import Secret
from reconciler.lib.addresses import is_loopback
from reconciler.ports import SecretMissing, SetupError
from reconciler.wiring.plan_files import fleet_name
from reconciler.wiring.runtime import bad_setting, secrets

if TYPE_CHECKING:
    from reconciler.console.access.caller import AddressRange, TrustedProxy
    from reconciler.console.access.options import ConsoleOptions

_CHOOSE: Final = msg("Set `console.token`, or `console.proxy` with a header, or listen on 127.0.0.1 only")


def console_options(settings: Settings, host: str) -> ConsoleOptions:
    """`host` is what it will listen on. Raises SetupError."""
    from reconciler.console.access.options import ConsoleOptions

    made = ConsoleOptions(
        fleet=fleet_name(settings), token=_token(settings), proxy=_proxy(settings), hosts=settings.console.hosts
    )
    if made.open:
        _check_open(settings, host)
    return made


def _check_open(settings: Settings, host: str) -> None:
    """Without a sign-in only this machine may read, and no proxy may be in front of the console."""
    if not is_loopback(host):
        why = msg("The console on {host} would need no sign-in", host=host)
        raise bad_setting(settings, "console.token", why, _CHOOSE)
    for place, given in (("console.proxy", settings.console.proxy), ("console.hosts", settings.console.hosts)):
        if given:
            why = msg("`{place}` is set, and the console would need no sign-in", place=place)
            raise bad_setting(settings, place, why, _CHOOSE)


def _token(settings: Settings) -> Secret | None:
    from reconciler.console.access.options import SHORTEST_TOKEN

    place, reference = "console.token", settings.console.token
    if reference is None:
        return None
    try:
        token = secrets(settings).resolve(reference)
    except SecretMissing as missing:
        origin = settings.origins.get(place)
        raise SetupError(missing.text, hint=missing.hint, code=missing.code, subject=place, origin=origin) from None
    if len(token.reveal()) < SHORTEST_TOKEN:
        why = msg("The token of the console has fewer than {count} characters", count=SHORTEST_TOKEN)
        hint = msg("Store a longer random one, for example from `openssl rand -base64 24`")
        raise bad_setting(settings, place, why, hint)
    return token


def _proxy(settings: Settings) -> TrustedProxy | None:
    from reconciler.console.access.caller import TrustedProxy

    given = settings.console.proxy
    if given is None:
        return None
    ranges = tuple(_range(settings, address) for address in given.addresses)
    return TrustedProxy(ranges=ranges, header=given.header)


def _range(settings: Settings, address: str) -> AddressRange:
    place = "console.proxy.addresses"
    try:
        found = ip_network(address)
    except ValueError:
        why = msg("`{address}` is not an address or a range of addresses", address=address)
        raise bad_setting(
            settings, place, why, msg("Write it as 10.0.0.7 or 10.0.0.0/8, without bits of hosts")
        ) from None
    if found.prefixlen == 0:
        why = msg("`{address}` trusts the headers of everybody", address=address)
        raise bad_setting(settings, place, why, msg("List the addresses of the proxies only"))
    return found
