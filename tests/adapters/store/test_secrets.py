"""No plaintext secret of any length in the store: neither in its rows nor in the bytes of its files."""

import base64

import pytest
from sqlalchemy import select

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.state import FieldRef
from reconciler.core.runs.events import PredictionMissed, ShopStarted, StepDone
from reconciler.core.values import Secret, SecretRef, seal_secret
from tests.adapters.store.all_tables import metadata
from tests.adapters.store.fakes import LAST, SHOP, TOKEN, journal, plan, tell

SHORT = "鑰"  # one character, and one that nothing else has


def forms(clear: str) -> list[bytes]:
    """Forms in which a secret could be written. Two bytes of UTF-16 occur in any file by chance, so they show nothing."""
    raw = clear.encode()
    wide = [clear.encode("utf-16-le")] if len(clear) > 1 else []
    return [raw, *wide, raw.hex().encode(), base64.b64encode(raw), ascii(clear)[1:-1].encode()]


def record(store, clear: str) -> str:
    """Everything that can carry a secret; the digest a backend would disclose comes back."""
    ref = FieldRef("amazon_settings", "mws_auth_token")
    secret = Secret(clear, SecretRef("ref+env://TOKEN"))
    sealed = seal_secret(secret, "5a17")
    why = diagnostic(codes.PREDICTION_MISS, msg("read back otherwise"))
    to = journal(store, of=plan(token=clear))
    tell(
        to,
        [
            ShopStarted(shop=SHOP),
            StepDone(shop=SHOP, step=0),
            PredictionMissed(shop=SHOP, ref=ref, predicted=secret, found=sealed, why=why),
            StepDone(shop=SHOP, step=LAST),
        ],
    )
    return sealed.digest


@pytest.mark.parametrize("clear", [TOKEN, SHORT])
def test_the_rows_hold_no_secret(store, clear):
    digest = record(store, clear)
    with store.reading() as connection:
        rows = repr([connection.execute(select(table)).all() for table in metadata.sorted_tables])
    assert "'sensitive': True" in rows
    assert clear not in rows
    assert digest not in rows


@pytest.mark.parametrize("clear", [TOKEN, SHORT])
def test_the_files_hold_no_secret(file_store, tmp_path, clear):
    digest = record(file_store, clear)
    files = b"".join(path.read_bytes() for path in sorted(tmp_path.iterdir()))
    assert b"amazon_settings.mws_auth_token" in files
    assert [form for form in (*forms(clear), digest.encode()) if form in files] == []
