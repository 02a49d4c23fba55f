"""Places of a text as the client counts them: in UTF-16 code units, or in the unit that both sides agreed on.

In: the text of a file and the unit. Out: positions of the protocol, and places in characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from lsprotocol import types

from reconciler.ports.editor.text_places import TextPlace, TextSpan

_LINE: Final = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n|\Z)")


@dataclass(frozen=True)
class Positions:
    text: str
    encoding: str

    def range_of(self, span: TextSpan) -> types.Range:
        return types.Range(start=self._position(span.start), end=self._position(span.end))

    def place(self, position: types.Position) -> TextPlace:
        """A position behind the end of its line is that end."""
        units = 0
        line = self._line(position.line)
        for at, character in enumerate(line):
            if units >= position.character:
                return TextPlace(position.line, at)
            units += self._width(character)
        return TextPlace(position.line, len(line))

    def span(self, of: types.Range) -> TextSpan:
        return TextSpan(self.place(of.start), self.place(of.end))

    def _position(self, place: TextPlace) -> types.Position:
        before = self._line(place.line)[: place.character]
        return types.Position(line=place.line, character=sum(map(self._width, before)))

    def _line(self, number: int) -> str:
        return self._lines[number] if number < len(self._lines) else ""

    @cached_property
    def _lines(self) -> list[str]:
        return [match[1] for match in _LINE.finditer(self.text)]

    def _width(self, character: str) -> int:
        if self.encoding == types.PositionEncodingKind.Utf8:
            return len(character.encode("utf-8", "surrogatepass"))
        return 2 if self.encoding != types.PositionEncodingKind.Utf32 and character > "\uffff" else 1
