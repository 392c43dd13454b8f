"""The byte-minimal editor of a ``related`` list: new bytes of a file, or a refusal that says why.

Nothing outside of the list changes. What was made is read again before anybody may write it: everything but the list
must be as it was, and the list as it was wanted.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import yaml

from search.content.faults import FrontMatterError
from search.content.fence import read_block
from search.content.frontmatter import parse_block
from search.content.item import Scalar, as_value, item_of, plain_value, value_of
from search.content.layout import Layout, find_layout
from search.content.list_text import rewritten
from search.content.records import MAX_RELATED
from search.content.shape import NewItem, full_item, is_full, plain_item, shape_of_items, short_item
from search.content.splice import splices

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from search.content.fence import Block
    from search.content.settings import Settings
    from search.content.shape import Shape

# Larger files are not news; they are read whole here.
MAX_FILE: Final = 64 * 1024 * 1024


def edit_related(
    data: bytes, wanted: Sequence[int | NewItem], settings: Settings, elsewhere: Shape | None = None
) -> bytes:
    """Return a file with its ``related`` list changed.

    Args:
        data: The file.
        wanted: The list as it shall be: 0-based positions of items that stand in it now, and new items.
        settings: How the site's content is to be read.
        elsewhere: The shape of the site's other lists: what a list without items takes.

    Raises:
        FrontMatterError: The list cannot be changed safely; says on which line, why, and what to do.
    """
    if len(data) > MAX_FILE:
        raise FrontMatterError(0, "the file is larger than 64 MB", "edit it by hand")
    block, values = _read(data)
    key, listed = _related(values, settings, elsewhere)
    shape = shape_of_items((key,), listed) or elsewhere
    kept = [one for one in wanted if isinstance(one, int)]
    if len(set(kept)) != len(kept) or not set(kept) <= set(range(len(listed))):
        raise FrontMatterError(0, f"`{key}` has {len(listed)} items, and others were meant", "look at the file again")
    if list(wanted) == list(range(len(listed))):
        return data
    text = block.source.decode()
    try:
        layout = _layout(text, key, len(listed))
        made = [one if isinstance(one, int) else _made(one, shape, layout, settings) for one in wanted]
        changed = rewritten(text, key, layout, made, _newline(data, block))
    except FrontMatterError as error:
        raise FrontMatterError(error.line and error.line + block.first_line - 1, error.what, error.todo) from None
    except yaml.YAMLError:
        raise FrontMatterError(block.first_line, "its YAML is too unusual to be edited", "edit it by hand") from None
    expected = [listed[one] if isinstance(one, int) else plain_value(one) for one in made]
    return _verified(data, block, changed, {**values, key: expected})


def edit_items(data: bytes, changes: Mapping[int, Mapping[str, Scalar]], settings: Settings) -> bytes:
    """Return a file with values within items of its ``related`` list changed; all else of the items stays as written.

    Args:
        data: The file.
        changes: New values by key, by 0-based position in the list.
        settings: How the site's content is to be read.

    Raises:
        FrontMatterError: They cannot be changed safely; says on which line, why, and what to do.
    """
    block, values = _read(data)
    key, listed = _related(values, settings)
    text = block.source.decode()
    try:
        style = _layout(text, key, len(listed)).style
        root: Any = yaml.compose(text, yaml.CSafeLoader)
        nodes = next(value.value for name, value in root.value if name.value == key)
        newline = _newline(data, block)
        made = [one for place, some in changes.items() for one in splices(text, nodes[place], some, style, newline)]
    except FrontMatterError as error:
        raise FrontMatterError(error.line and error.line + block.first_line - 1, error.what, error.todo) from None
    except (yaml.YAMLError, StopIteration, LookupError):
        raise FrontMatterError(block.first_line, "its YAML is too unusual to be edited", "edit it by hand") from None
    for start, end, new in sorted(made, reverse=True):
        text = text[:start] + new + text[end:]
    expected = [
        item if place not in changes else {**item, **{name: plain_value(one) for name, one in changes[place].items()}}
        for place, item in enumerate(listed)
    ]
    return _verified(data, block, text, {**values, key: expected})


def values_of(data: bytes, position: int | None = None, settings: Settings | None = None) -> Mapping[str, Any]:
    """Return the front matter of a file as values that remember how they were written; those of TOML and JSON are made.

    Args:
        data: The file.
        position: Of an item in its ``related`` list, to return the values of that instead.
        settings: How the site's content is to be read; needed with a position.

    Raises:
        FrontMatterError: It cannot be read, or has a list that is no YAML.
    """
    found = read_block(io.BytesIO(data))
    if position is None and found is not None and found.syntax != "yaml":
        return {key: value_of(one) for key, one in parse_block(found).values.items()}
    block, values = _read(data)
    try:
        whole = as_value(yaml.compose(block.source.decode(), Loader=yaml.CSafeLoader))
    except yaml.YAMLError:
        raise FrontMatterError(block.first_line, "its YAML is too unusual to be copied", "copy it by hand") from None
    if position is not None and settings is not None:
        key, listed = _related(values, settings)
        whole = whole[key][position] if position < len(listed) else {}
    return whole if isinstance(whole, dict) else {}


def _read(data: bytes) -> tuple[Block, dict[str, Any]]:
    block = read_block(io.BytesIO(data))
    if block is None:
        raise FrontMatterError(1, "the file has no front matter", "add it between two lines of three dashes")
    if block.syntax != "yaml":
        raise FrontMatterError(1, f"front matter in {block.syntax.upper()} is not edited", "edit it by hand")
    # sums: what is sealed must be as it was, and is not looked at for that
    return block, parse_block(block, sums=True).values


def _newline(data: bytes, block: Block) -> str:
    """Return how most lines of the front matter end."""
    front = data[: block.offset] + block.source
    return "\r\n" if 2 * front.count(b"\r\n") > front.count(b"\n") else "\n"


def _related(values: Mapping[str, Any], settings: Settings, elsewhere: Shape | None = None) -> tuple[str, list[Any]]:
    """Return the key of the list in this file, and the list; a new one has the key of the site's other lists."""
    for found in settings.fields.find(values).get("related", ()):
        if isinstance(found.value, list):
            if len(found.value) > MAX_RELATED:
                what = f"the list has {len(found.value):,} items, of which {MAX_RELATED:,} are known"
                raise FrontMatterError(0, what, "shorten it by hand")
            if len(found.place) > 1:
                raise FrontMatterError(0, f"the list stands inside of `{found.place[0]}`", "edit it by hand")
            return found.place[0], found.value
    names = settings.fields.names["related"]
    known = {name.casefold() for name in names}
    usual = ".".join(elsewhere.place) if elsewhere else names[0]
    for key, value in values.items():
        # one without a value; or no list, which the layout refuses, unless the site's lists have another key
        if key.casefold() in known and (elsewhere is None or key == usual or value in (None, "", [])):
            return key, []
    nested = next((name for name in (usual, *names) if "." in name and (name == usual or _has(values, name))), "")
    if nested:
        raise FrontMatterError(0, f"the list belongs inside of `{nested.rpartition('.')[0]}`", "edit it by hand")
    return usual, []


def _has(values: Any, name: str) -> bool:
    """Return whether a key stands within others, whatever its value."""
    for step in name.casefold().split("."):
        inner = {key.casefold(): value for key, value in values.items()} if isinstance(values, dict) else {}
        if step not in inner:
            return False
        values = inner[step]
    return True


def _layout(text: str, key: str, count: int) -> Layout:
    layout = find_layout(text, key)
    if layout.form == "missing" and count:
        raise FrontMatterError(0, f"`{key}` comes by a merge (`<<`)", "write the list out")
    if len(layout.items) != count:
        raise FrontMatterError(0, f"the items of `{key}` cannot be told apart", "edit it by hand")
    return layout


def _made(new: NewItem, shape: Shape | None, layout: Layout, settings: Settings) -> Any:
    if shape is not None and not shape.keys:
        return plain_item(new, shape, settings)
    item = item_of(new.values, settings, layout.style, new.address)
    if shape is not None and not is_full(shape, item, settings):
        return short_item(new, shape, settings, layout.style)
    if shape is not None:
        item = full_item(new, item, shape, settings, layout.style)
    if not item:
        return Scalar(new.address, text=True)
    return item if "://" in new.address else {**item, "path": Scalar(new.address, text=True)}


def _verified(data: bytes, block: Block, changed: str, expected: dict[str, Any]) -> bytes:
    """Return the new file if it reads as expected and the rest of it is the old one's."""
    rest = data[block.offset + len(block.source) :]
    new = data[: block.offset] + changed.encode() + rest
    try:
        again, values = _read(new)
    except FrontMatterError as error:
        raise FrontMatterError(error.line, "the changed list could not be read again", "edit it by hand") from None
    if values != expected or new[again.offset + len(again.source) :] != rest:
        raise FrontMatterError(block.first_line, "changing the list would change something else", "edit it by hand")
    return new
