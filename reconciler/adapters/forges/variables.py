"""The variables and the event file of a CI job, checked one by one.

In: the process's environment. Out: values of the right form, or SetupError with a code C1xx that names the variable. A value is
quoted only where it cannot hold a secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.lib import strict_json
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError

COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_PATH: Final = re.compile(r"[\w.-]+(?:/[\w.-]+)+", re.ASCII)
_BRANCH: Final = re.compile(r"(?!-)[^\x00-\x20\x7f~^:?*\[\\]{1,255}")
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,18}")
_EVENT_BYTES: Final = 16 * 1024 * 1024
_MOST_SHOWN: Final = 60


@frozen(kw_only=False)
class JobVariables:
    """`title` is the name of the CI system, for people."""

    values: Mapping[str, str]
    title: str

    def optional(self, name: str) -> str | None:
        """None also for an empty value: GitLab sets some variables to nothing."""
        return self.values.get(name) or None

    def required(self, name: str) -> str:
        value = self.optional(name)
        if value is None:
            raise variable_error(
                msg("{system} has not set the variable {name}", system=self.title, name=name),
                msg("Run the command as a step of the job itself; in a container, pass the job's variables on"),
                name,
            )
        return value

    def commit(self, name: str) -> str:
        return self._of_form(name, COMMIT, msg("a commit of 40 hexadecimal digits"))

    def optional_commit(self, name: str) -> str | None:
        return self.commit(name) if self.optional(name) else None

    def repository(self, name: str) -> str:
        return self._of_form(name, _PATH, msg("a path such as owner/name"))

    def number(self, name: str) -> int:
        return int(self._of_form(name, _NUMBER, msg("a number")))

    def branch(self, name: str) -> str:
        return self._of_form(name, _BRANCH, msg("the name of a branch"))

    def _of_form(self, name: str, form: re.Pattern[str], expected: Message) -> str:
        value = self.required(name)
        if form.fullmatch(value) is None:
            text = msg("The variable {name} is not {expected}", name=name, expected=expected)
            raise variable_error(text, _UNCHANGED, name)
        return value


_UNCHANGED: Final = msg("Do not set variables of the CI system in the job; remove what changes them")


def variable_error(text: Message, hint: Message, name: str) -> SetupError:
    return SetupError(text, code=codes.CI_VARIABLE, hint=hint, subject=name)


def contradiction(one: str, other: str) -> SetupError:
    text = msg("The variables {one} and {other} contradict each other", one=one, other=other)
    return variable_error(text, _UNCHANGED, one)


def event_error(text: Message) -> SetupError:
    hint = msg("Run the command in the job that the event started, with the event file as GitHub wrote it")
    return SetupError(text, code=codes.CI_EVENT, hint=hint)


def other_repository(event: str, here: str) -> SetupError:
    text = msg("The event belongs to the repository {event}, and the job to {here}", event=_shown(event), here=here)
    hint = msg("Start the job from an event of its own repository; nothing was sent")
    return SetupError(text, code=codes.OTHER_REPOSITORY, hint=hint)


def read_event(path: str) -> Any:
    """The JSON object of an event file. Raises SetupError."""
    try:
        with Path(path).open("rb") as file:
            content = file.read(_EVENT_BYTES + 1)
    except (OSError, ValueError):
        raise event_error(msg("The event file cannot be read")) from None
    if len(content) > _EVENT_BYTES:
        raise event_error(msg("The event file is too large"))
    try:
        event = strict_json.loads(content)
    except (ValueError, RecursionError):
        raise event_error(msg("The event file is not JSON")) from None
    if not isinstance(event, dict):
        raise event_error(msg("The event file is not a JSON object"))
    return event


def valid_commit(value: str | None, place: str) -> str:
    if value is None or COMMIT.fullmatch(value) is None:
        raise event_error(msg("The event contains no commit at `{place}`", place=place))
    return value


def valid_branch(value: str | None, place: str) -> str:
    if value is None or _BRANCH.fullmatch(value) is None:
        raise event_error(msg("The event contains no branch at `{place}`", place=place))
    return value


def _shown(name: str) -> str:
    return name if _PATH.fullmatch(name) and len(name) <= _MOST_SHOWN else "?"
