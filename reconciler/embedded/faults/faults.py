"""Failures on order: which requests fail, how, how often.

In: `Fault` values, or a seeded random mode. Out: for each request, the fault it meets, or none.
It only decides; `fault_gate` acts. Faults live in the memory of one app: another process has its own.
"""

import random
import re
import threading
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

FaultKind = Literal[
    "TOO_MANY_REQUESTS",
    "INTERNAL_ERROR",
    "MAINTENANCE",
    "UNAVAILABLE",
    "SLOW",
    "CUT_BEFORE",
    "CUT_AFTER",
    "BEHIND_BACK",
    "STALE_READ",
    "PARTIAL_JSON",
]
KINDS: tuple[str, ...] = get_args(FaultKind)
RANDOM_KINDS = frozenset(KINDS) - {"BEHIND_BACK"}

Question = tuple[str, bytes, str, str]
"""Path, query, and which client asks about which shop."""
Answer = Sequence[Any]
"""The messages of an answer, as the application sent them."""

_REMEMBERED = 1000


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return pattern


class _FaultModel(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True, defer_build=True
    )


class Mutation(_FaultModel):
    """What a merchant does behind the tool's back."""

    shop_key: str
    changes: Mapping[str, Any]
    """As `World.merchant_edits` takes them."""
    by: str = "merchant"
    when: Literal["before", "after"] = "before"
    """Before or after the request that meets the fault."""


class Fault(_FaultModel):
    """A failure, for the requests whose method and path match, after `after` of them, for `times` of them."""

    kind: FaultKind
    method: str = "*"
    path: Annotated[str, AfterValidator(_compiles)] = ""
    """A regular expression, searched in the path."""
    times: int = Field(default=1, ge=1)
    after: int = Field(default=0, ge=0)
    retry_after: int = Field(default=1, ge=0)
    """Seconds, for TOO_MANY_REQUESTS."""
    seconds: float = Field(default=0.0, ge=0)
    """For SLOW."""
    mutation: Mutation | None = None
    """For BEHIND_BACK."""


class RandomFaults(_FaultModel):
    """Each request meets a fault of a kind with that kind's rate; equal seeds and requests, equal failures."""

    seed: int = 0
    rates: Mapping[FaultKind, Annotated[float, Field(ge=0, le=1)]]
    method: str = "*"
    path: Annotated[str, AfterValidator(_compiles)] = ""
    retry_after: int = Field(default=1, ge=0)
    seconds: float = Field(default=0.0, ge=0)


class _Armed:
    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.passed = 0
        self.fired = 0

    def meets(self, method: str, path: str) -> bool:
        return self.fired < self.fault.times and _matches(self.fault, method, path)

    def describe(self) -> dict[str, Any]:
        spec = self.fault.model_dump(mode="json", by_alias=True, exclude_none=True)
        return {**spec, "fired": self.fired, "left": self.fault.times - self.fired}


class Faults:
    """Thread-safe. The first armed fault that matches is the one a request meets."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[_Armed] = []
        self._random: tuple[RandomFaults, random.Random] | None = None
        self._answers: dict[Question, Answer] = {}

    def add(self, kind: FaultKind, **words: Any) -> Fault:
        """`faults.add("TOO_MANY_REQUESTS", method="PATCH", path="amazon-settings", retry_after=2)`."""
        return self.arm(Fault(kind=kind, **words))

    def arm(self, fault: Fault) -> Fault:
        if (fault.mutation is None) == (fault.kind == "BEHIND_BACK"):
            raise ValueError("a mutation is required for BEHIND_BACK, and for no other kind")
        with self._lock:
            self._armed.append(_Armed(fault))
            if fault.kind == "STALE_READ":
                self._answers.clear()
        return fault

    def randomly(self, seed: int, rates: Mapping[FaultKind, float], **words: Any) -> None:
        """Fail at random, the same way for the same seed."""
        self.arm_randomly(RandomFaults(seed=seed, rates=rates, **words))

    def arm_randomly(self, wanted: RandomFaults) -> None:
        if not RANDOM_KINDS.issuperset(wanted.rates):
            raise ValueError("BEHIND_BACK cannot be random: it requires a mutation")
        with self._lock:
            self._random = (wanted, random.Random(wanted.seed))  # noqa: S311 - repeatable failures, no cryptography
            self._answers.clear()

    def list(self) -> list[dict[str, Any]]:
        with self._lock:
            return [armed.describe() for armed in self._armed]

    def at_random(self) -> dict[str, Any] | None:
        """Of what kind at what rate, where failures come at random."""
        with self._lock:
            if self._random is None:
                return None
            wanted, _ = self._random
            return wanted.model_dump(mode="json", by_alias=True)

    def clear(self) -> None:
        with self._lock:
            self._armed.clear()
            self._random = None
            self._answers.clear()

    def draw(self, method: str, path: str) -> Fault | None:
        """The fault this request meets; it is used up by one."""
        with self._lock:
            for armed in self._armed:
                if armed.meets(method, path):
                    armed.passed += 1
                    if armed.passed > armed.fault.after:
                        armed.fired += 1
                        return armed.fault
            return self._draw_at_random(method, path)

    def rearm(self, fault: Fault) -> None:
        """The fault could not happen (nothing stale to answer): it is not used up after all."""
        with self._lock:
            for armed in self._armed:
                if armed.fault is fault:
                    armed.fired -= 1

    def previous_response(self, question: Question) -> Answer | None:
        """The first answer to this question since stale reads were ordered."""
        with self._lock:
            return self._answers.get(question)

    def remember(self, question: Question, answer: Answer) -> None:
        with self._lock:
            if len(self._answers) < _REMEMBERED:
                self._answers.setdefault(question, answer)

    def records_responses(self) -> bool:
        """Are earlier answers needed, to answer them again as stale?"""
        with self._lock:
            if self._random is not None and "STALE_READ" in self._random[0].rates:
                return True
            return any(each.fault.kind == "STALE_READ" and each.fired < each.fault.times for each in self._armed)

    def _draw_at_random(self, method: str, path: str) -> Fault | None:
        if self._random is None:
            return None
        wanted, generator = self._random
        if not _matches(wanted, method, path):
            return None
        point = generator.random()
        for kind, rate in wanted.rates.items():
            point -= rate
            if point < 0:
                return Fault(kind=kind, retry_after=wanted.retry_after, seconds=wanted.seconds)
        return None


def _matches(wanted: Fault | RandomFaults, method: str, path: str) -> bool:
    return wanted.method in ("*", method) and re.search(wanted.path, path) is not None
