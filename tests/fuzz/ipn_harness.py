"""An atheris harness: `python tests/fuzz/ipn_harness.py RUNS`. Whatever comes, the parsers answer or refuse.

Bytes that begin with 0 are an envelope, with 1 a message, else NotificationData.
"""

import json
import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parents[2]))

with atheris.instrument_imports(include=["reconciler.ipn"]):
    from reconciler.ipn import certificate, notice
    from reconciler.ipn.reasons import Refused

from tests.ipn.signing import as_body, capture_message, capture_xml, charge_message, v1_message
from tests.ipn.verifying import SIGNER, read

FRAME = json.loads(v1_message("PaymentCapture", ""))


def one(data: bytes) -> None:
    kind, rest = data[:1], data[1:]
    try:
        if kind == b"\x00":
            read(rest)
        elif kind == b"\x01":
            notice.read(rest.decode(errors="replace"))
        elif kind == b"\x02":
            certificate.read(rest)
        else:
            notice.read(json.dumps({**FRAME, "NotificationData": rest.decode(errors="replace")}))
    except (Refused, certificate.NotOneCertificate):
        pass


def seeds(folder: Path) -> None:
    found = (
        b"\x00" + as_body(SIGNER.notification("x")),
        b"\x01" + capture_message().encode(),
        b"\x01" + charge_message().encode(),
        b"\x02" + SIGNER.pem,
        b"\x03" + capture_xml().encode(),
    )
    for number, seed in enumerate(found):
        (folder / f"seed-{number}").write_bytes(seed)


if __name__ == "__main__":
    runs, corpus = sys.argv[1], Path(sys.argv[2])
    seeds(corpus)
    atheris.Setup([sys.argv[0], f"-runs={runs}", "-max_len=8192", f"-artifact_prefix={corpus}/", str(corpus)], one)
    atheris.Fuzz()
