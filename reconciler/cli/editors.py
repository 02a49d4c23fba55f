"""What is said of editors to whoever has manifests written: they check a file against the JSON Schema that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.cli.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.wiring import Settings


def note_schema(settings: Settings, terminal: Terminal) -> None:
    """How to have it, where it is not there and so is not named."""
    from reconciler import wiring
    from reconciler.core.diagnostics.messages import say
    from reconciler.wiring.places import near

    file = wiring.editor_schema(settings)
    if not file.is_file():
        terminal.note(
            say(
                "No JSON Schema is there for editors; manifests that are begun after `{command}` name it",
                command=f"mkdir -p {near(file.parent)} && reconciler schema shop > {near(file)}",
            )
        )
