"""The new text of front matter whose list has other items: those that stay keep their characters.

Comments on lines of their own between items are nobody's for sure: they go along with the item below them when that
moves, and stay when it goes. What stands on an item's own lines goes where the item goes.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from search.content.faults import FrontMatterError
from search.content.item import block_item, flow_item, written_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.content.layout import Layout

_COMMA = re.compile(r"\s*,\s*")
_COMMENT_LINES = re.compile(r"(?:[^\n]*\n)*[ \t]*#[^\n]*(?:\n|\Z)")
# Behind the last item of a list in brackets: nothing but a comment, with the comma or without.
_REST_OF_LINE = re.compile(r"(?P<comma>[ \t]*,)?(?P<comment>[ \t]*(?:#[^\n]*?)?)\r?\n")


def rewritten(text: str, key: str, layout: Layout, made: Sequence[Any], newline: str) -> str:
    """Return front matter with a list changed.

    Args:
        text: The front matter.
        key: The list's name.
        layout: Where it stands.
        made: The list as it shall be: 0-based positions of items that stand in it now, and values of new ones.
        newline: How new lines end.

    Raises:
        FrontMatterError: Comments would be lost, or no list can be made. Lines count from 1 in ``text``.
    """
    if not made:
        return _emptied(text, layout)
    if layout.form == "flow" or layout.column < 0:
        return _flow(text, layout, made, newline)
    if layout.form == "block":
        return text[: layout.place.start] + _block(text, layout, made, newline) + text[layout.place.end :]
    lines = "".join(_new(one, layout, newline) for one in made)
    if layout.form == "empty":
        if "#" in text[slice(*layout.place)]:
            raise _commented(text, layout.place.start)
        end = text.find("\n", layout.place.end) + 1
        head = text[: layout.place.start].rstrip(" \r\n")  # brackets may stand on a line of their own
        return head + text[layout.place.end : end] + lines + text[end:]
    before, after = text[: layout.place.start], text[layout.place.start :]
    blank = newline if layout.style.blank_lines else ""
    lead = "" if before.endswith(("\n\n", "\n\r\n")) or not before else blank
    return f"{before}{lead}{' ' * layout.column}{written_key(key)}:{newline}{lines}{blank if after else ''}{after}"


def _block(text: str, layout: Layout, made: Sequence[Any], newline: str) -> str:
    """Return the lines of a block list."""
    kept = [one for one in made if isinstance(one, int)]
    above, left = _gaps(text, layout, frozenset(kept))
    between = [text[a.end : b.start] for a, b in pairwise(layout.items)]
    parted = between and all(any(not line.strip() for line in gap.split("\n")[:-1]) for gap in between)
    lead = newline if parted else ""
    pieces = [
        above[one] + text[slice(*layout.items[one])] if isinstance(one, int) else lead + _new(one, layout, newline)
        for one in made
    ]
    # what stood above items that are gone stays above what joins the end
    place = made.index(kept[-1]) + 1 if kept else 0
    return "".join([*pieces[:place], left, *pieces[place:]])


def _gaps(text: str, layout: Layout, kept: frozenset[int]) -> tuple[dict[int, str], str]:
    """Return the comments and blank lines to set above each item that stays, and what is left for the list's end.

    Above and below the list they are not its own, and stay anyway.
    """
    above: dict[int, str] = {}
    waiting: str | None = None
    for place, item in enumerate(layout.items):
        gap = text[layout.items[place - 1].end : item.start] if place else ""
        if waiting is not None:  # of the gaps around what is gone one parts those that are left
            gap = waiting + gap if "#" in waiting and "#" in gap else gap if "#" in gap else waiting
        waiting = None if place in kept else gap
        if place in kept:
            above[place] = gap
    comments = _COMMENT_LINES.match(waiting or "")
    return above, comments[0] if comments else ""


def _new(value: Any, layout: Layout, newline: str) -> str:
    """Return the lines of a new item of a block list."""
    if layout.style.braces and isinstance(value, dict):
        after = " " * (layout.style.dash_step - 1)
        return f"{' ' * layout.dashes}-{after}{flow_item(value, layout.style)}{newline}"
    return "".join(f"{line}{newline}" for line in block_item(value, layout.dashes, layout.style))


def _flow(text: str, layout: Layout, made: Sequence[Any], newline: str) -> str:
    """Return front matter with a list in brackets changed."""
    if layout.form == "missing":
        raise FrontMatterError(1, "the front matter is written in braces", "add an empty list, or edit it by hand")
    start, end = layout.place
    if not layout.items and "#" in text[start:end]:
        raise _commented(text, start)
    if not layout.items:
        new = ", ".join(flow_item(one, layout.style) for one in made)
        space = " " if text[start - 1 : start] == ":" else ""
        return f"{text[:start]}{space}[{new}]{text[end:]}"
    first, last = layout.items[0].start, layout.items[-1].end
    count = len(layout.items)
    gaps = [text[a.end : b.start] for a, b in pairwise(layout.items)]
    own_lines = all("\n" in gap for gap in gaps or [text[start:first]])
    if list(made[:count]) == list(range(count)):
        return _longer(text, layout, [flow_item(one, layout.style) for one in made[count:]], newline, own_lines)
    if not all(_COMMA.fullmatch(gap) for gap in gaps):
        raise _commented(text, first)
    whole = [text[slice(*layout.items[one])] if isinstance(one, int) else flow_item(one, layout.style) for one in made]
    between = gaps[0] if gaps else f",{newline}{_indent(text, first)}" if own_lines else ", "
    return text[:first] + between.join(whole) + text[last:]


def _longer(text: str, layout: Layout, news: Sequence[str], newline: str, own_lines: bool) -> str:  # noqa: FBT001
    """Return front matter with items added to the end of a list in brackets, on lines of their own or not."""
    last = layout.items[-1].end
    if not own_lines:
        return text[:last] + "".join(f", {new}" for new in news) + text[last:]
    indent = _indent(text, layout.items[-1].start)
    rest = _REST_OF_LINE.match(text, last)
    if rest is None:  # the bracket is on the same line
        return text[:last] + "".join(f",{newline}{indent}{new}" for new in news) + text[last:]
    lines = f",{newline}".join(f"{indent}{new}" for new in news) + (("," if rest["comma"] else "") + newline)
    return f"{text[:last]}{rest['comma'] or ','}{text[rest.start('comment') : rest.end()]}{lines}{text[rest.end() :]}"


def _indent(text: str, start: int) -> str:
    """Return spaces as wide as what stands before a character on its line."""
    return " " * (start - text.rfind("\n", 0, start) - 1)


def _commented(text: str, start: int) -> FrontMatterError:
    line = text.count("\n", 0, start) + 1
    return FrontMatterError(line, "comments stand within the brackets", "write one item a line, with dashes")


def _emptied(text: str, layout: Layout) -> str:
    """Return front matter with no item left in its list."""
    if layout.form == "block":
        _, left = _gaps(text, layout, frozenset())
        above = text[layout.colon : layout.place.start]
        return f"{text[: layout.colon]} []{above}{left}{text[layout.place.end :]}"
    bounds = [layout.place.start, *(edge for item in layout.items for edge in item), layout.place.end]
    if any("#" in text[bounds[place] : bounds[place + 1]] for place in range(0, len(bounds), 2)):
        raise _commented(text, layout.place.start)
    return f"{text[: layout.place.start]}[]{text[layout.place.end :]}"
