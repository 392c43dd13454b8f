"""Records that notice when they were damaged: JSON objects that hold their own checksum."""

from __future__ import annotations

import json
from typing import Any, Final

import xxhash

_SUM: Final = "xxh3"


def with_sum(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record with the XXH3-64 hex digest of its content."""
    return {**record, _SUM: _digest(record)}


def without_sum(record: Any) -> dict[str, Any]:
    """Return a record's content.

    Raises:
        ValueError: It is no object, has no checksum, or its content is not what the checksum says.
    """
    if not isinstance(record, dict):
        raise ValueError("no object")  # noqa: TRY004 - what a reader of damaged JSON expects
    content = {name: value for name, value in record.items() if name != _SUM}
    if record.get(_SUM) != _digest(content):
        raise ValueError("not what was written")
    return content


def _digest(record: dict[str, Any]) -> str:
    text = json.dumps(record, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return xxhash.xxh3_64_hexdigest(text.encode())
