"""A chat that accepts Slack's incoming webhooks, and applies the limits and the escaping that Slack documents.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, .../reference/block-kit/blocks,
.../messaging/formatting-message-text ("Escaping text"). It answers with Slack's words.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.support.stub_http_server import Saying, Seen, answer

LONGEST_TEXT = 40_000
BLOCKS = 50
HEADER = 150
SECTION = 3000
ELEMENTS = 10
_ENTITY = re.compile(r"&(?:amp|lt|gt);")


@dataclass
class SlackServer:
    """`shown` are the texts of accepted messages as a person sees them, entities decoded."""

    shown: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def saying(self) -> Saying:
        async def say(seen: Seen, writer: asyncio.StreamWriter) -> None:
            faults = list(self.message_faults(seen.body))
            if not seen.headers.get("content-type", "").startswith("application/json"):
                faults.append("content type")
            self.faults += faults
            if not faults:
                self.shown.append("\n".join(map(_decoded, _texts(seen.json["blocks"]))))
            await answer(b"invalid_blocks" if faults else b"ok", 400 if faults else 200, etag=None)(seen, writer)

        return say

    def message_faults(self, body: bytes | str) -> Iterator[str]:
        payload = json.loads(body)
        if not (isinstance(payload.get("text"), str) and 0 < len(payload["text"]) <= LONGEST_TEXT):
            yield "text"
        blocks = payload["blocks"]
        if not 0 < len(blocks) <= BLOCKS:
            yield "number of blocks"
        for block in blocks:
            yield from _block_faults(block)
        for text in (payload["text"], *_texts(blocks)):
            if re.search(r"[<>]", text) or "&" in _ENTITY.sub("", text):
                yield f"not escaped: {text}"


def _block_faults(block: dict[str, Any]) -> Iterator[str]:
    match block["type"]:
        case "header":
            if block["text"]["type"] != "plain_text" or not 0 < len(block["text"]["text"]) <= HEADER:
                yield "header"
        case "section":
            if block["text"]["type"] not in ("plain_text", "mrkdwn") or not 0 < len(block["text"]["text"]) <= SECTION:
                yield "section"
        case "context":
            if not 0 < len(block["elements"]) <= ELEMENTS:
                yield "context"
        case other:
            yield f"unknown block {other}"


def _texts(blocks: list[dict[str, Any]]) -> Iterator[str]:
    for block in blocks:
        for part in (block.get("text"), *block.get("elements", ())):
            if part is not None:
                yield part["text"]


def _decoded(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
