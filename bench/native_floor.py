"""A minimal cold check: native parse (ryaml), compiled schema (jsonschema-rs), bulk pages. It keeps no position, takes `NO`
for "NO", resolves no group, compares nothing, and explains nothing.
"""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import ryaml

SHAPE = Path(__file__).parent.parent / "schemas" / "shop.schema.json"


def bare_native(paths: list[Path]) -> None:
    shape = jsonschema_rs.validator_for(json.loads(SHAPE.read_text()))
    for path in paths:
        if not shape.is_valid(ryaml.loads(path.read_text(encoding="utf-8"))):
            raise RuntimeError(f"{path} should be valid")
