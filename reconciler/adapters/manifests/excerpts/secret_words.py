"""Whether a key names a secret, also where it is misspelt.

In: a key as people write it, and the keys that there are. Out: yes or no. A wrong suspicion costs a line that is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

_SPOKEN: Final = (
    "token", "secret", "passw", "passphrase", "pwd", "credential", "auth", "mws", "apikey", "accesskey", "privatekey",
    "secretkey", "bearer", "トークン", "パスワード", "シークレット", "秘密", "認証",
)  # fmt: skip
_WRITTEN: Final = ("token", "secret", "password", "credential", "mwsauthtoken", "clientsecret", "accesskey")
_NEAR: Final = 0.7
"""`tokn`, `sekret` and `pasword` are near; `status` and `order` are not."""
_LONGEST: Final = 60


def names_secret(key: str, known: Collection[str]) -> bool:
    """`known` are keys that are spelled correctly: those are near to nothing else."""
    word = _letters(key)
    if any(spoken in word for spoken in _SPOKEN):
        return True
    return key not in known and (len(key) > _LONGEST or any(map(_is_near_secret, (word, *_parts(key)))))


def _letters(key: str) -> str:
    return re.sub(r"[\W_]+", "", key.lower())


def _parts(key: str) -> list[str]:
    return [part for part in re.split(r"[\W_]+", key.lower()) if part]


@lru_cache(maxsize=1024)
def _is_near_secret(word: str) -> bool:
    return any(SequenceMatcher(None, word, written).ratio() >= _NEAR for written in _WRITTEN)
