"""An atheris harness: `python tests/fuzz/ipn_harness.py RUNS FOLDER`. For any input, the parsers return or refuse.

The first byte says what the rest is: the whole of something, the text of one field of it, or a patch on it. A change of the whole
seldom stays JSON or XML, and so seldom comes past it.
"""

import json
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parents[2]))

with atheris.instrument_imports(include=["reconciler.ipn"]):
    from reconciler.ipn.verify import certificate, signature
    from reconciler.ipn.verify import notification as notice
    from reconciler.ipn.verify import recipient as identity
    from reconciler.ipn.verify.envelope import Envelope
    from reconciler.ipn.verify.money import read_amount, read_currency
    from reconciler.ipn.verify.reasons import Refused
    from tests.ipn.verify_pipeline import SIGNER, read
    from tests.support.sns_signer import (
        NAMESPACE,
        SELLER,
        as_body,
        capture_message,
        capture_xml,
        charge_message,
        v1_message,
    )

from reconciler.core.values import ShopKey
from reconciler.ports.shop_directory import ShopIdentity

FIELDS = SIGNER.notification(capture_message())
CONFIRMATION = SIGNER.confirmation()
FRAME = json.loads(v1_message("PaymentCapture", ""))
CHARGE = json.loads(charge_message())
HERE = "HERE"
DOCUMENTS = tuple(
    capture_xml().replace(f">{value}<", f">{HERE}<", 1)
    for value in ("Completed", "1000", "JPY", "P03-0772540-6944847-C000001")
)
SHOP = ShopIdentity(shop=ShopKey("kyoto-tea"), site_url=None, seller_id=SELLER, email=None)
GOOD = certificate.read(SIGNER.pem)
BODY = as_body(FIELDS).decode()
WORDS = (
    "<!DOCTYPE", "<!ENTITY", "<!--", "-->", "<![CDATA[", "]]>", "<?", "&#", "&amp;", "State>", "Completed", "xmlns=", NAMESPACE,
    "Notification", "SubscriptionConfirmation", "\\u0000", "\\ud800", "-C000001", "JPY", "https://sns.", ".pem", "1000.0",
)  # fmt: skip


def signed_parts(envelope: Envelope) -> tuple[object, ...]:
    parts = (envelope.type, envelope.message_id, envelope.topic, envelope.timestamp, envelope.message)
    return (*parts, envelope.subject, envelope.token, envelope.subscribe_url)


def read_envelope(body: bytes) -> None:
    """A signature is valid only for what was signed, with any content of the fields."""
    found = read(body)
    signature.verify_signature(found, GOOD)
    assert signed_parts(found) in GENUINE


GENUINE = frozenset(signed_parts(read(as_body(fields))) for fields in (FIELDS, CONFIRMATION))


def read_notice(message: str) -> None:
    """No value from a message can forge a line of a log, and every result is one word."""
    heading = notice.read_header(message)
    found = notice.read(message)
    assert repr(found).isprintable()
    assert (found.kind, found.seller) == (heading.kind, heading.seller)
    identity.check_recipient(found, SHOP, "production")


def read_money(text: str) -> None:
    currency, _, amount = text.partition(" ")
    found = read_amount(amount, read_currency(currency))
    assert Decimal(0) <= found < Decimal(10**9)
    assert amount.isascii()


def one_of(fields: Mapping[str, object], rest: bytes) -> str:
    """With the text of one field, which the first byte names, in the place of that field's own."""
    names = sorted(fields)
    return json.dumps({**fields, names[rest[0] % len(names)]: text_of(rest[1:])} if rest else fields)


def one_value(rest: bytes) -> str:
    data = DOCUMENTS[rest[0] % len(DOCUMENTS)].replace(HERE, text_of(rest[1:])) if rest else ""
    return json.dumps({**FRAME, "NotificationData": data})


def patched(text: str, rest: bytes) -> str:
    """Two bytes say where, one how much is cut out there; what follows is put in."""
    at, cut = int.from_bytes(rest[:2]) % (len(text) + 1), int.from_bytes(rest[2:3])
    return text[:at] + text_of(rest[3:]) + text[at + cut :]


def text_of(rest: bytes) -> str:
    return rest.decode(errors="surrogateescape")


KINDS: tuple[Callable[[bytes], object], ...] = (
    read_envelope,
    lambda rest: read_envelope(one_of(FIELDS, rest).encode()),
    lambda rest: read_envelope(one_of(CONFIRMATION, rest).encode()),
    lambda rest: read_notice(text_of(rest)),
    lambda rest: read_notice(one_of(FRAME, rest)),
    lambda rest: read_notice(one_of(CHARGE, rest)),
    lambda rest: read_notice(json.dumps({**FRAME, "NotificationData": text_of(rest)})),
    lambda rest: read_notice(one_value(rest)),
    certificate.read,
    lambda rest: read_money(text_of(rest)),
    lambda rest: read_envelope(patched(BODY, rest).encode(errors="replace")),
    lambda rest: read_notice(patched(capture_message(), rest)),
    lambda rest: read_notice(json.dumps({**FRAME, "NotificationData": patched(capture_xml(), rest)})),
)
SEEDS: tuple[tuple[int, bytes], ...] = (
    (0, as_body(FIELDS)),
    *((1, bytes([number]) + str(FIELDS[name]).encode()) for number, name in enumerate(sorted(FIELDS))),
    *((2, bytes([number]) + str(CONFIRMATION[name]).encode()) for number, name in enumerate(sorted(CONFIRMATION))),
    (3, capture_message().encode()),
    (3, charge_message().encode()),
    *((4, bytes([number]) + str(FRAME[name]).encode()) for number, name in enumerate(sorted(FRAME))),
    *((5, bytes([number]) + str(CHARGE[name]).encode()) for number, name in enumerate(sorted(CHARGE))),
    (6, capture_xml().encode()),
    *((7, bytes([number]) + value) for number, value in enumerate((b"Closed", b"1000.0", b"USD", b"P03-0772540"))),
    (8, SIGNER.pem),
    (9, b"JPY 1000.0"),
    *((kind, at.to_bytes(2) + b"\x00" + b"<State>") for kind in (10, 11, 12) for at in range(0, 1200, 97)),
)


def one(data: bytes) -> None:
    if not data:
        return
    with suppress(Refused, certificate.NotOneCertificate):
        KINDS[data[0] % len(KINDS)](data[1:])


def main(runs: str, folder: Path) -> None:
    corpus = folder / "corpus"
    corpus.mkdir(exist_ok=True)
    for number, (kind, seed) in enumerate(SEEDS):
        (corpus / f"seed-{number}").write_bytes(bytes([kind]) + seed)
    words = folder / "words"
    words.write_text("".join('"' + word.replace("\\", "\\\\") + '"\n' for word in WORDS))
    given = [f"-runs={runs}", "-max_len=8192", f"-dict={words}", f"-artifact_prefix={folder}/", str(corpus)]
    atheris.Setup([sys.argv[0], *given], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
