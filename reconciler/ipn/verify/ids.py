"""Amazon's ids: an order reference or an agreement, and what belongs to one by a letter and six digits. Pure.

The first three groups of a capture's id are its own order reference. They are not always its charge permission: the charges of
定期 have an order reference each, under the one permission of the buyer (`S03-...-C064126` under `C03-...`).
"""

from __future__ import annotations

import re
from typing import Final

from reconciler.ipn.verify.reasons import Refused, RejectReason

CAPTURE: Final = "C"
AUTHORIZATION: Final = "A"
REFUND: Final = "R"
DISPUTE: Final = "B"

_REFERENCE: Final = r"[SPBC][0-9]{2}-[0-9]{7}-[0-9]{7}"
_SANDBOX: Final = frozenset("SC")
_WORD: Final = r"[A-Za-z0-9][A-Za-z0-9-]{0,63}"


def read_id(text: str, letter: str) -> str:
    """The id of an object of the kind with this letter. Raises Refused."""
    if re.fullmatch(rf"{_REFERENCE}-{letter}[0-9]{{6}}", text) is None:
        raise Refused(RejectReason.BAD_ID, f"the id is not an order reference followed by -{letter} and six digits")
    return text


def read_reference(text: str) -> str:
    """An order reference, a charge permission or a billing agreement. Raises Refused."""
    if re.fullmatch(_REFERENCE, text) is None:
        raise Refused(RejectReason.BAD_ID, "the id is not one of an order reference or an agreement")
    return text


def read_word(text: str) -> str:
    """An id whose form Amazon does not publish, such as that of a chargeback (`C9KORZRXQ655G`). Raises Refused."""
    if re.fullmatch(_WORD, text) is None:
        raise Refused(RejectReason.BAD_ID, "the id is not one word of letters and digits")
    return text


def is_sandbox(object_id: str) -> bool | None:
    """S and C (agreements) are Amazon's sandbox, P and B its production. None: the id does not say."""
    return object_id[0] in _SANDBOX if re.match(_REFERENCE, object_id) else None
