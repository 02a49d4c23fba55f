"""What all tables share: their metadata, JSON in a text column, and columns that many of them have."""

import json
from typing import Any

from sqlalchemy import Column, Dialect, ForeignKey, Integer, MetaData, String, Text, TypeDecorator

metadata = MetaData()


class JsonText(TypeDecorator[Any]):
    """A JSON value in a text column; the order of keys is kept."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:  # noqa: ARG002 - the base class's signature
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002 - the base class's signature
        return None if value is None else json.loads(value)  # None: of a row that an outer join did not find


def shop_key_column() -> Column[str]:
    return Column("shop_key", String(64), ForeignKey("shops.shop_key"), primary_key=True)


def version_column() -> Column[int]:
    return Column("version", Integer, nullable=False)
