"""Whether an answer is a refusal of the contract (docs/backend.md, "Rules for all routes").

In: an answer and its body. Out: yes or no. Only such a refusal can say that a write did not take place: a proxy, a gateway or a
firewall may answer with any status after the backend acted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reconciler.adapters.backend.http.messages import RawResponse
from reconciler.core.conformance.problem_codes import STATUS_OF_PROBLEM

MEDIA_TYPE: Final = "application/problem+json"


def is_refusal(answer: RawResponse, body: object) -> bool:
    """Whether the backend itself refused the request: a problem document with a code of the contract and that code's status."""
    if answer.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        return False
    if not isinstance(body, Mapping):
        return False
    code: Any = body.get("code")
    return isinstance(code, str) and STATUS_OF_PROBLEM.get(code) == answer.status
