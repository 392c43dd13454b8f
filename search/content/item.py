"""An item of a ``related`` list, made of the article it shows and written as its file writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import TYPE_CHECKING, Any, Final

import yaml

from search.content.chosen import read_from
from search.content.joiners import is_all_seen, is_seen
from search.content.layout import TEXT_TAG, is_text
from search.content.yaml_reader import NULLS, is_sealed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from search.content.layout import Style
    from search.content.settings import Settings

# What of an article an item shows, in the order of the site's own lists.
ITEM_FIELDS: Final = (
    "title", "excerpt", "publishedDateTime", "webUrl", "ampWebUrl", "cdnAmpWebUrl", "type", "provider", "quality",
    "images",
)  # fmt: skip
# Of a provider an item shows no more than this, unless the items beside it do.
_PROVIDER_KEYS: Final = ("name", "domain")
_MAPPED: Final = frozenset({"title", "excerpt", "publishedDateTime", "webUrl", "type", "provider", "quality"})
_MERGE_TAG: Final = "tag:yaml.org,2002:merge"
_LONGEST_LINE: Final = 2**31 - 1
_ESCAPES: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value as it was written: its characters, and whether it is text or something else (a date, a number)."""

    value: str
    text: bool


def as_value(node: Any) -> Any:
    """Return a composed YAML node as a value (a ``Scalar``, a list or a mapping of them), merges (``<<``) carried out.

    Nothing but the plain schema survives, and nothing sealed, nor what an alias takes from there.
    """
    return {} if node is None else _as_value(node, frozenset(_sealed_nodes(node)))


def _as_value(node: Any, sealed: Collection[int]) -> Any:
    if id(node) in sealed:
        return Scalar("", text=False)
    if isinstance(node, yaml.SequenceNode):
        return [_as_value(value, sealed) for value in node.value]
    if not isinstance(node, yaml.MappingNode):
        # what only other readers of YAML take for a number stays as it was written, too
        return Scalar(node.value, node.tag == TEXT_TAG and (bool(node.style) or is_text(node.value)))
    made: dict[str, Any] = {}
    merged: list[Any] = []
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or is_sealed(key.value):
            continue
        if key.tag == _MERGE_TAG:
            merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
        else:
            made[key.value] = _as_value(value, sealed)
    for source in merged:
        if isinstance(source, yaml.MappingNode):
            for name, value in _as_value(source, sealed).items():
                made.setdefault(name, value)
    return made


def _sealed_nodes(node: Any) -> Iterator[int]:
    """Yield the ids of the nodes within sealed fields, each of them once."""
    seen: set[int] = set()
    waiting = [(node, False)]
    while waiting:
        current, inside = waiting.pop()
        if inside:
            yield id(current)
        elif id(current) in seen:
            continue
        seen.add(id(current))
        if isinstance(current, yaml.MappingNode):
            waiting += [(value, inside or is_sealed(key.value)) for key, value in current.value]
        elif isinstance(current, yaml.SequenceNode):
            waiting += [(value, inside) for value in current.value]


def value_of(plain: Any) -> Any:
    """Return what TOML or JSON hold as a value: text as text, so that it is quoted where YAML needs that."""
    if isinstance(plain, dict):
        return {_whole(str(key)): value_of(inner) for key, inner in plain.items()}
    if isinstance(plain, list):
        return [value_of(inner) for inner in plain]
    if isinstance(plain, str):
        return Scalar(_whole(plain), text=True)
    if plain is None or isinstance(plain, bool):
        return Scalar({None: "null", True: "true", False: "false"}[plain], text=False)
    if isinstance(plain, (date, time)):
        return Scalar(plain.isoformat().replace("+00:00", "Z"), text=False)
    return Scalar(str(plain), text=False)


def _whole(text: str) -> str:
    """Return text that can be written: JSON may hold half a character."""
    return text.encode("utf-8", "replace").decode()


def item_of(values: Mapping[str, Any], settings: Settings, style: Style, address: str) -> dict[str, Any]:
    """Return the item that shows an article.

    Args:
        values: The article's front matter, or an item that shows it elsewhere, as values.
        settings: What the site calls its fields.
        style: Of the file that shall hold it; its items say which keys they have and in which order.
        address: The article's URL, for where none of its fields can be copied as it stands.

    Returns:
        The fields that the article has, by the name it gives them: of several for one thing the one that is read.
    """
    plain = {key: value.value if isinstance(value, Scalar) else value for key, value in values.items()}
    found = settings.fields.find(plain)
    item: dict[str, Any] = {}
    for name in ITEM_FIELDS:
        key = name
        if name in _MAPPED:
            read = read_from(found, name, settings)
            place = read.place if read else ()
            if name == "webUrl" and len(place) != 1 and "://" in address:
                item[name] = Scalar(address, text=True)
            if len(place) != 1:
                continue
            key = place[0]
        if key in values and values[key] != Scalar("", text=True) and values[key] != []:
            item["webUrl" if key == "originalUrl" else key] = shown(name, values[key], style)
    knows_order = item.keys() <= set(style.item_keys)
    return {key: item[key] for key in style.item_keys if key in item} if knows_order else item


def shown(name: str, value: Any, style: Style) -> Any:
    """Return what an item shows of a value: of a provider no more than the items beside it do."""
    if name != "provider" or not isinstance(value, dict):
        return value
    wanted = style.inner_keys.get("provider", _PROVIDER_KEYS)
    return {key: value[key] for key in (*wanted, *value) if key in value and key in wanted} or value


def plain_value(value: Any) -> Any:
    """Return a value as the reader of front matter gives it: text as written, None for an unquoted nothing."""
    if isinstance(value, dict):
        return {key: plain_value(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain_value(inner) for inner in value]
    return value.value if value.text or value.value not in NULLS else None


def block_item(value: Any, dashes: int, style: Style) -> list[str]:
    """Return the lines of an item of a block list, its dash at a column."""
    indent = " " * dashes
    after = " " * (style.dash_step - 1)
    if isinstance(value, Scalar):
        return [f"{indent}-{after}{written(value, '', style)}"]
    lines = _mapping(value, dashes + style.dash_step, style)
    return [f"{indent}-{after}{lines[0].lstrip(' ')}", *lines[1:]]


def flow_item(value: Any, style: Style) -> str:
    """Return an item of a list in brackets."""
    if isinstance(value, dict):
        entries = (f"{written_key(key)}: {_flow_value(key, inner, style)}" for key, inner in value.items())
        return "{" + ", ".join(entries) + "}"
    return _flow_value("", value, style)


def _flow_value(key: str, value: Any, style: Style) -> str:
    if isinstance(value, dict):
        return flow_item(value, style)
    if isinstance(value, list):
        return "[" + ", ".join(flow_item(inner, style) for inner in value) + "]"
    return written(value, key, style, flow=True)


def _mapping(mapping: Mapping[str, Any], column: int, style: Style) -> list[str]:
    indent = " " * column
    lines: list[str] = []
    for key, value in mapping.items():
        name = f"{indent}{written_key(key)}:"
        if isinstance(value, Scalar):
            text = written(value, key, style)
            lines.append(f"{name} {text}" if text else name)
        elif not value:
            lines.append(f"{name} {'[]' if isinstance(value, list) else '{}'}")
        elif isinstance(value, dict):
            lines += [name, *_mapping(value, column + style.map_step, style)]
        else:
            lines += [name, *_list(value, column + style.list_step, style)]
    return lines


def _list(values: Iterable[Any], column: int, style: Style) -> list[str]:
    lines: list[str] = []
    for value in values:
        if isinstance(value, list):
            lines.append(f"{' ' * column}- {flow_item(value, style)}")
        elif value == {}:
            lines.append(f"{' ' * column}- {{}}")
        else:
            lines += block_item(value, column, style)
    return lines


def written_key(key: str) -> str:
    """Return a key as it can stand before a colon, quoted where that is needed."""
    return key if is_text(key) and _may_be_plain(key, flow=True) else _quoted(key, '"')


def written(scalar: Scalar, key: str, style: Style, *, flow: bool = False) -> str:
    """Return a scalar on one line, in the quotes that the file gives this key."""
    value = scalar.value
    if not scalar.text:
        return value if not flow or value else "null"
    wanted = style.quotes.get(key, style.fallback)
    if not wanted and is_text(value) and _may_be_plain(value, flow=flow):
        return value
    return _quoted(value, wanted or style.fallback)


def _quoted(value: str, mark: str) -> str:
    """Return text in quotes; what a person could not see stands as an escape, which needs double ones."""
    if mark == "'" and is_all_seen(value):
        return "'" + value.replace("'", "''") + "'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    if not escaped.isprintable():
        escaped = "".join(
            one if is_seen(escaped, place) else _ESCAPES.get(one) or _escape(one) for place, one in enumerate(escaped)
        )
    return f'"{escaped}"'


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"  # noqa: PLR2004


def _may_be_plain(value: str, *, flow: bool = False) -> bool:
    """Return whether text can stand without quotes, by libyaml's own rules."""
    kind = yaml.SequenceStartEvent if flow else yaml.MappingStartEvent
    scalar = yaml.ScalarEvent(None, None, (True, True), value)
    events = [
        yaml.StreamStartEvent(),
        yaml.DocumentStartEvent(explicit=False),
        kind(None, None, True, flow_style=flow),
        *([scalar] if flow else [yaml.ScalarEvent(None, None, (True, True), "k"), scalar]),
        yaml.SequenceEndEvent() if flow else yaml.MappingEndEvent(),
        yaml.DocumentEndEvent(explicit=False),
        yaml.StreamEndEvent(),
    ]
    text: str = yaml.emit(events, Dumper=yaml.CSafeDumper, width=_LONGEST_LINE, allow_unicode=True)
    return text.strip("\n") == (f"[{value}]" if flow else f"k: {value}")
