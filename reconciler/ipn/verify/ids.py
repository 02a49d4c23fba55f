"""Amazon's ids: an order reference, and what hangs under it by a letter and six digits. Pure."""

from __future__ import annotations

import re
from typing import Final

from reconciler.ipn.verify.reasons import Refused, RejectReason

CAPTURE: Final = "C"
AUTHORIZATION: Final = "A"
REFUND: Final = "R"

_REFERENCE: Final = r"[SPBC]0[0-9]-[0-9]{7}-[0-9]{7}"
_SANDBOX: Final = frozenset("SC")


def read_id(text: str, letter: str) -> str:
    """The id of an object of the kind that the letter stands for. Raises Refused."""
    if re.fullmatch(rf"{_REFERENCE}-{letter}[0-9]{{6}}", text) is None:
        raise Refused(RejectReason.BAD_ID, f"the id is not an order reference followed by -{letter} and six digits")
    return text


def reference_of(object_id: str) -> str:
    """The order reference (charge permission) of an id that was read: its first three groups."""
    return "-".join(object_id.split("-")[:3])


def is_sandbox(object_id: str) -> bool:
    """S and C (billing agreements) are Amazon's sandbox, P and B its production."""
    return object_id[0] in _SANDBOX
