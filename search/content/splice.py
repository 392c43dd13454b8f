"""Values of a mapping, replaced where they stand: every other character of it stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from search.content.faults import FrontMatterError
from search.content.item import written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from search.content.item import Scalar
    from search.content.layout import Style


def splices(
    text: str, node: Any, changes: Mapping[str, Scalar], style: Style, newline: str
) -> list[tuple[int, int, str]]:
    """Return what to write where, so that some keys of a mapping have other values.

    Args:
        text: The YAML.
        node: The mapping, composed from it.
        changes: New values by key; a key that is missing is added after the first one.
        style: How the file writes.
        newline: How its lines end.

    Returns:
        Start, end and new text of each place, in no order.

    Raises:
        FrontMatterError: The node is no mapping, or what has such a key is no scalar.
    """
    if not isinstance(node, yaml.MappingNode) or not node.value:
        raise FrontMatterError(0, "an item of the list is no mapping", "edit it by hand")
    places = {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}
    made = []
    for key, scalar in changes.items():
        value = places.get(key)
        new = written(scalar, key, style, flow=bool(node.flow_style))
        if value is None:
            made.append(_added(text, node, f"{key}: {new}", newline))
        elif isinstance(value, yaml.ScalarNode):
            made.append(_replaced(text, value, new, newline))
        else:
            raise FrontMatterError(value.start_mark.line + 1, f"`{key}` is no text", "edit it by hand")
    return made


def _replaced(text: str, value: Any, new: str, newline: str) -> tuple[int, int, str]:
    start, end = value.start_mark.index, value.end_mark.index
    if start == end:  # nothing stands after the colon
        return start, end, f" {new}"
    return start, end, f"{new}{newline}" if text[end - 1] == "\n" else new


def _added(text: str, node: Any, entry: str, newline: str) -> tuple[int, int, str]:
    key, value = node.value[0]
    end = value.end_mark.index
    if node.flow_style:
        return end, end, f", {entry}"
    if text[end - 1] != "\n":
        end = text.find("\n", end) + 1
    return end, end, f"{' ' * key.start_mark.column}{entry}{newline}"
