"""Why the operating system refused something, so that it can be translated.

In: an error of the system. Out: its reason as a message, without a path. English texts have the system's own words; Japanese ones
explain the common reasons, with the system's words in brackets.
"""

from __future__ import annotations

from typing import Final

from reconciler.core.diagnostics.messages import Message, msg

_KNOWN: Final = (
    msg("No such file or directory"),
    msg("Permission denied"),
    msg("Operation not permitted"),
    msg("Is a directory"),
    msg("Not a directory"),
    msg("File exists"),
    msg("Directory not empty"),
    msg("No space left on device"),
    msg("Disk quota exceeded"),
    msg("Read-only file system"),
    msg("File name too long"),
    msg("Too many levels of symbolic links"),
    msg("Too many open files"),
    msg("Input/output error"),
    msg("Invalid argument"),
    msg("it is not a regular file"),
    msg("Address already in use"),
    msg("Cannot assign requested address"),
    msg("Connection refused"),
    msg("Connection reset by peer"),
    msg("Connection timed out"),
    msg("No route to host"),
    msg("Network is unreachable"),
    msg("Name or service not known"),
    msg("Temporary failure in name resolution"),
)
_BY_TEXT: Final = {str(each): each for each in _KNOWN}


def system_reason(error: Exception) -> Message:
    """The name of the error where it has no reason. Without the address that Python adds for a port in use."""
    text, _, _ = (getattr(error, "strerror", None) or type(error).__name__).partition(" (while attempting to bind ")
    return _BY_TEXT.get(text, msg("{value}", value=text))
