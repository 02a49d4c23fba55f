"""What can be wrong in `alerts.yaml` beyond its shape, each with its line.

In: the parsed file, which has the right shape. Out: diagnostics; a channel that no rule names is a warning. No address is quoted:
it may hold a token.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from reconciler.adapters.manifests.describe import did_you_mean
from reconciler.adapters.manifests.yaml.parsed import Parsed, Path
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import is_high_entropy, may_be_secret
from reconciler.lib.addresses import is_loopback, is_safe_address

_KEYS: Final = {"webhook": ("url", "secret"), "slack": ("url",), "mail": ("to",), "apprise": ("url",)}
"""What a channel of each kind must have."""
_WORDED: Final = frozenset({"slack", "mail", "apprise"})
"""Channels with texts for people."""
_KEYS_OF_SOME: Final = ("url", "secret", "to", "language")
_EXAMPLES: Final = {
    "url": "url: ref+env://ALERT_URL",
    "secret": "secret: ref+env://ALERT_SECRET",
    "to": "to: [payments@shop.example]",
}


def alert_faults(parsed: Parsed) -> Iterator[Diagnostic]:
    channels: Mapping[str, Any] = parsed.data["channels"]
    for name, channel in channels.items():
        yield from _channel(("channels", name), channel, parsed)
    yield from _mail(parsed)
    yield from _rules(channels, parsed)


def _channel(path: Path, channel: Mapping[str, Any], parsed: Parsed) -> Iterator[Diagnostic]:
    kind = channel["kind"]
    needed = _KEYS[kind]
    for key in needed:
        if channel.get(key) is None:
            why = msg("`{place}` is a channel of kind `{kind}` without `{key}`", place=_shown(path), kind=kind, key=key)
            yield _fault(path, why, parsed, hint=msg("Add `{example}`", example=_EXAMPLES[key]))
    used = (*needed, "language") if kind in _WORDED else needed
    for key in _KEYS_OF_SOME:
        if channel.get(key) is not None and key not in used:
            place = (*path, key)
            why = msg("`{place}` is not used by a channel of kind `{kind}`", place=_shown(place), kind=kind)
            yield _fault(place, why, parsed, hint=msg("Remove it"))
    if "url" in used and channel.get("url") is not None:
        yield from _url((*path, "url"), channel["url"], kind, parsed)
    if kind == "mail" and parsed.data.get("mail") is None:
        why = msg("`{place}` is a channel of kind `{kind}` without `{key}`", place=_shown(path), kind=kind, key="mail")
        hint = msg("Add `mail:` with `host` and `sender` at the top of the file: how mails are sent")
        yield _fault(path, why, parsed, hint=hint)


def _url(path: Path, url: str, kind: str, parsed: Parsed) -> Iterator[Diagnostic]:
    if url.startswith("ref+"):
        return
    place = _shown(path)
    hint = msg("Keep the address outside of Git and write a reference such as ref+env://NAME")
    if kind != "webhook":
        yield _fault(path, msg("`{place}` is an address in the file; it is a secret", place=place), parsed, hint=hint)
    elif _may_hold_secret(url):
        yield _fault(
            path, msg("`{place}` contains a text that may be the secret itself", place=place), parsed, hint=hint
        )
    elif not is_safe_address(url):
        why = msg("`{place}` is not an https:// address (http:// only for this machine)", place=place)
        yield _fault(path, why, parsed, hint=msg("Write it like {example}", example="https://alerts.example/drift"))


def _may_hold_secret(url: str) -> bool:
    """A user, a query, or a part of the path that looks generated."""
    rest = url.partition("://")[2]
    address, _, path = rest.partition("/")
    return (
        any(sign in rest for sign in "@?#")
        or may_be_secret(address)
        or any(is_high_entropy(part) or may_be_secret(part) for part in path.split("/"))
    )


def _mail(parsed: Parsed) -> Iterator[Diagnostic]:
    mail = parsed.data.get("mail")
    if mail is None:
        return
    if mail.get("security") == "none" and not is_loopback(mail["host"]):
        why = msg(
            "{host} is not this machine, and without encryption the mail can be read in transit", host=mail["host"]
        )
        hint = msg("Set `security: starttls` or `security: tls`")
        yield _fault(("mail", "security"), why, parsed, hint=hint)
    if (mail.get("username") is None) is not (mail.get("password") is None):
        given = "username" if mail.get("password") is None else "password"
        why = msg("`{place}` has {given} without its counterpart", place="mail", given=given)
        yield _fault(("mail", given), why, parsed, hint=msg("Write the other one as well"))


def _rules(channels: Mapping[str, Any], parsed: Parsed) -> Iterator[Diagnostic]:
    """A channel that a rule misspells is not reported as unused as well."""
    unknown = False
    used: set[str] = set()
    for number, rule in enumerate(parsed.data["rules"]):
        named = rule.get("channels")
        for at, channel in enumerate(named or ()):
            if channel not in channels:
                unknown = True
                yield _unknown(("rules", number, "channels", at), channel, channels, parsed)
        if rule.get("when") != "never":
            used.update(channels if named is None else named)
    for channel in channels:
        if channel not in used and not unknown:
            yield _unused(channel, parsed)


def _unused(channel: str, parsed: Parsed) -> Diagnostic:
    return diagnostic(
        codes.UNUSED_CHANNEL,
        msg("No rule sends alerts to the channel `{channel}`", channel=channel),
        hint=msg("Add the channel to a rule, or remove it"),
        subject=f"channels.{channel}",
        origin=parsed.key_origin(("channels", channel)),
    )


def _unknown(path: Path, channel: str, channels: Mapping[str, Any], parsed: Parsed) -> Diagnostic:
    why = msg("`{place}` names the unknown channel `{channel}`", place=_shown(path), channel=channel)
    available = msg("Available: {names}", names=", ".join(channels) or "-")
    return _fault(path, why, parsed, hint=did_you_mean(channel, channels) or available)


def _fault(path: Path, why: Message, parsed: Parsed, *, hint: Message) -> Diagnostic:
    return diagnostic(codes.BAD_ALERTS, why, hint=hint, subject=_shown(path), origin=parsed.origin(path))


def _shown(path: Path) -> str:
    return ".".join(map(str, path))
