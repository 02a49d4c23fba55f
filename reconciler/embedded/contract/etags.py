"""Versions as strong entity tags, and the two questions asked of them.

In: a header's text and a resource's present version. Out: go on, or a `Problem`; fresh or not.
"""

import hashlib
import json
import re

from reconciler.embedded.contract.problems import Problem

_TAG = re.compile(r'\s*(W/)?"([^"]*)"\s*(?:,|$)')


def format_etag(version: str) -> str:
    """One tag from any text that a form sent as the version."""
    return '"{}"'.format(version.replace('"', ""))


def digest_of(*parts: object) -> str:
    """A version for what has no counter of its own: equal content, equal version."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def require_match(if_match: str | None, version: str) -> None:
    """Refuse a write that was meant for another version. None: the writer did not come through the contract."""
    if if_match is None or if_match.strip() == "*":
        return
    if not any(tag == version for weak, tag in _TAG.findall(if_match) if not weak):
        raise Problem("PRECONDITION_FAILED", "the resource was changed since it was read")


def is_fresh(if_none_match: str | None, version: str) -> bool:
    """Does the reader hold this version already?"""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or any(tag == version for _, tag in _TAG.findall(if_none_match))
