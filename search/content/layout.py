"""Where the ``related`` list of a file stands, to the character, and how the file writes its YAML.

Read from libyaml's events, whose marks count characters: nothing is guessed from the look of lines but the place of a
dash. Whoever edits by it parses the result again (``edit.py``), so that a place misjudged is refused, never written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

import yaml
from yaml.resolver import Resolver

from search.content.faults import FrontMatterError
from search.content.yaml_reader import NULLS, is_sealed

Form = Literal["missing", "empty", "block", "flow"]

TEXT_TAG: Final = "tag:yaml.org,2002:str"
_RESOLVER: Final = Resolver()
_COMMENT_LINE: Final = re.compile(r"(?P<indent> *)\t*#[^\n]*(?:\n|\Z)")
_DASH: Final = re.compile(r" *-")
# What PyYAML reads as text and others do not: numbers of YAML 1.2 (section 10.3.2), and the shortest flags of 1.1.
_NOT_TEXT_ELSEWHERE: Final = re.compile(
    r"[-+]?(?:\.[0-9]++|[0-9]++(?:\.[0-9]*+)?)(?:[eE][-+]?[0-9]++)?|0o[0-7]++|0x[0-9a-fA-F]++|[yYnN]"
)


class Span(NamedTuple):
    """A range of characters, the end not in it."""

    start: int
    end: int


@dataclass(slots=True)
class Style:
    """How a file writes its YAML; what it does not show has the defaults.

    Attributes:
        quotes: How the text of a key is written (``""`` plain, ``'``, ``"``), by key, the list's own items first;
            under ``""`` how bare items are.
        texts: Keys of the list's own items that hold text.
        fallback: The quotes that the file uses most, ``""`` if it uses none.
        map_step: Columns by which a mapping stands in from its key.
        list_step: Columns by which the dashes of a list stand in from its key.
        dash_step: Columns from a dash to what it introduces.
        blank_lines: Whether blank lines part the fields that hold lists and mappings.
        item_keys: Keys of the first mapping in the list, in order.
        inner_keys: Keys of the mappings within it, by the key that holds them.
        braces: Whether the last mapping in the list is written in braces.
    """

    quotes: dict[str, str] = field(default_factory=dict)
    texts: frozenset[str] = frozenset()
    fallback: str = '"'
    map_step: int = 2
    list_step: int = 2
    dash_step: int = 2
    blank_lines: bool = False
    item_keys: tuple[str, ...] = ()
    inner_keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    braces: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """The place of a list.

    Attributes:
        form: ``missing``: no such key; ``empty``: a key with no value or ``[]``; else how the list is written.
        place: The list: whole lines of a block list, brackets and all of a flow list; where to insert a missing one.
        items: Its items: whole lines in a block list, from the dash's line on; the bare item in a flow list.
        colon: After the colon of the key; -1 when it is missing.
        column: The column of the keys at the top, or -1 when the mapping is written in braces.
        dashes: The column of the dashes of a block list.
        style: How the file writes.
    """

    form: Form
    place: Span
    items: tuple[Span, ...]
    colon: int
    column: int
    dashes: int
    style: Style


def is_text(value: str) -> bool:
    """Return whether a plain scalar reads as text, and not as a number, a date or a flag, to every reader of YAML."""
    if _NOT_TEXT_ELSEWHERE.fullmatch(value):
        return False
    return bool(_RESOLVER.resolve(yaml.ScalarNode, value, (True, False)) == TEXT_TAG)  # type: ignore[no-untyped-call]


def find_layout(text: str, key: str) -> Layout:
    """Return where the list of a key at the top stands.

    Args:
        text: A block of YAML front matter, between its fences.
        key: The list's name in this file.

    Raises:
        FrontMatterError: The list is none, comes by an alias, or stands twice. Lines count from 1 in ``text``.
    """
    scan = _Scan(text, key)
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        scan.take(event)
    return scan.layout()


@dataclass(slots=True)
class _Open:
    """A collection that is open: a mapping waits for a key or for the value of one."""

    is_mapping: bool
    flow: bool
    column: int
    key: str | None = None
    keys: list[str] = field(default_factory=list)


class _Scan:
    def __init__(self, text: str, key: str) -> None:
        self._text = text
        self._key = key
        self._open: list[_Open] = []
        self._root: _Open | None = None
        self._tops: list[tuple[str, int]] = []
        self._colon = -1
        self._value: Any = None
        self._value_end = -1
        self._within = False
        self._starts: list[int] = []
        self._ends: list[int] = []
        # where the keys of an item stand, if it is a mapping on lines of its own
        self._columns: list[int | None] = []
        self._style = Style()
        self._quotes: dict[str, str] = {}
        self._own_quotes: dict[str, str] = {}
        self._quote_counts = {"'": 0, '"': 0}
        self._plain = False
        self._seen: set[str] = set()

    def take(self, event: Any) -> None:
        """Follow one event."""
        if isinstance(event, yaml.CollectionEndEvent):
            self._end(event)
        elif isinstance(event, yaml.NodeEvent):
            self._node(event)

    def _node(self, event: Any) -> None:
        inside = self._open[-1] if self._open else None
        if inside is not None and inside.is_mapping and inside.key is None:
            if isinstance(event, yaml.ScalarEvent):
                self._key_of(inside, event)
                return
            inside.key = ""  # a key that is a collection: nothing of ours
            if isinstance(event, yaml.CollectionStartEvent):
                self._push(event)
            elif len(self._open) == 1:
                self._refuse(event, "a key is an alias (`*`)", "write the key out")
            return
        depth = len(self._open)
        top = inside.key if depth == 1 and inside is not None else None
        if top is not None and top == self._key:
            self._value = event
            self._within = isinstance(event, yaml.SequenceStartEvent)
        elif depth == 2 and self._within:  # noqa: PLR2004 - right inside the list
            self._starts.append(event.start_mark.index)
            self._ends.append(event.start_mark.index)
            is_mapping = isinstance(event, yaml.MappingStartEvent)
            self._style.braces = bool(event.flow_style) if is_mapping else self._style.braces
            self._columns.append(event.start_mark.column if is_mapping and not event.flow_style else None)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(inside, event)
        self._reach(event)
        if isinstance(event, yaml.CollectionStartEvent):
            self._push(event)
        elif inside is not None and inside.is_mapping:
            inside.key = None

    def _key_of(self, inside: _Open, event: Any) -> None:
        inside.key = event.value
        inside.keys.append(event.value)
        self._reach(event)
        if len(self._open) == 1:
            self._tops.append((event.value, event.start_mark.index))
            if event.value == self._key:
                if self._colon >= 0:
                    self._refuse(event, f"`{self._key}` stands twice", "delete one of them")
                self._colon = self._text.find(":", event.end_mark.index) + 1

    def _reach(self, event: Any) -> None:
        """Note how far the value and its last item reach: to what is written last in them."""
        if self._within and self._starts:
            self._ends[-1] = max(self._ends[-1], event.end_mark.index)
        if event is self._value:
            self._value_end = event.end_mark.index

    def _push(self, event: Any) -> None:
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        column = event.start_mark.column
        opened = _Open(is_mapping, bool(event.flow_style), column)
        if self._open and not opened.flow:
            self._learn_steps(opened, self._open[-1])
        if self._root is None:
            self._root = opened
        self._open.append(opened)

    def _learn_steps(self, opened: _Open, around: _Open) -> None:
        step = opened.column - around.column
        name = {(True, True): "map_step", (False, True): "list_step", (True, False): "dash_step"}.get(
            (opened.is_mapping, around.is_mapping)
        )
        if name == "list_step" and self._within:
            name = None if "list_step" in self._seen else name
        low = 0 if name == "list_step" else 1
        if name and name not in self._seen and low <= step <= 8:  # noqa: PLR2004 - more is an accident
            self._seen.add(name)
            setattr(self._style, name, step)

    def _end(self, event: Any) -> None:
        closed = self._open.pop()
        depth = len(self._open)
        if closed.flow and depth > 1:
            self._reach(event)
        if depth == 1 and self._value is not None and self._within:
            self._within = False
            self._value_end = event.end_mark.index if closed.flow else (self._ends[-1] if self._ends else -1)
        if depth == 2 and self._within and closed.is_mapping and not self._style.item_keys:  # noqa: PLR2004
            self._style.item_keys = tuple(closed.keys)
        inside = self._open[-1] if self._open else None
        if inside is not None and inside.is_mapping:
            if self._within and closed.is_mapping and depth == 3 and inside.key:  # noqa: PLR2004
                self._style.inner_keys.setdefault(inside.key, tuple(closed.keys))
            inside.key = None

    def _scalar(self, inside: _Open | None, event: Any) -> None:
        style = event.style or ""
        if style in self._quote_counts:
            self._quote_counts[style] += 1
        elif style or not is_text(event.value):
            return  # a block of text, or no text: says nothing of how text is written
        else:
            self._plain = True
        if inside is not None and inside.key is None and self._within:
            self._own_quotes.setdefault("", style)
        elif inside is not None and inside.key:
            (self._own_quotes if self._within else self._quotes).setdefault(inside.key, style)

    def _refuse(self, event: Any, what: str, todo: str) -> None:
        raise FrontMatterError(event.start_mark.line + 1, what, todo)

    def _fallback(self) -> str:
        """Return the quotes of the file: those it uses most; none when it has text and quotes none of it."""
        if self._plain and not any(self._quote_counts.values()):
            return ""
        return max(self._quote_counts, key=lambda mark: (self._quote_counts[mark], mark == '"'))

    def layout(self) -> Layout:
        """Put together what was seen."""
        root = self._root
        style = self._style
        style.quotes = {**self._quotes, **self._own_quotes}
        style.texts = frozenset(self._own_quotes)
        style.fallback = self._fallback()
        if root is None or not root.is_mapping:
            raise FrontMatterError(1, "the front matter is no mapping", "write it as lines of `key: value`")
        column = -1 if root.flow else root.column
        style.blank_lines = any(self._is_after_blank_line(start) for _, start in self._tops[1:])
        if self._colon < 0:
            place = self._insertion()
            return Layout("missing", Span(place, place), (), -1, column, column + style.list_step, style)
        event: Any = self._value
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, f"`{self._key}` is an alias of another value", "write the list out")
        kind = type(event)
        if kind is yaml.ScalarEvent:
            if event.value not in NULLS or not event.implicit[0] or event.anchor or event.tag:
                self._refuse(event, f"`{self._key}` is no list", "write it as a list")
            start = event.start_mark.index if event.value else self._colon
            place_of = Span(start, start + len(event.value))
            return Layout("empty", place_of, (), self._colon, column, column + style.list_step, style)
        if not isinstance(event, yaml.SequenceStartEvent):
            self._refuse(event, f"`{self._key}` is no list", "write it as a list")
        if event.flow_style:
            return self._flow(event, column)
        return self._block(event, column)

    def _flow(self, event: Any, column: int) -> Layout:
        items = tuple(Span(*both) for both in zip(self._starts, self._ends, strict=True))
        start = event.start_mark.index
        if event.anchor or event.tag:
            start = self._text.index("[", start)
        place = Span(start, self._value_end)
        form: Form = "flow" if items or column < 0 or event.anchor or event.tag else "empty"
        return Layout(form, place, items, self._colon, column, column + self._style.list_step, self._style)

    def _block(self, event: Any, column: int) -> Layout:
        items: list[Span] = []
        reached = self._colon
        for start, end, column_of_keys in zip(self._starts, self._ends, self._columns, strict=True):
            dash = self._dash_line(reached, start, event)
            whole = Span(dash, self._with_comments(column_of_keys, self._line_end(end)))
            if items and whole.start < items[-1].end:
                self._refuse(event, f"two items of `{self._key}` share a line", "put each on lines of its own")
            items.append(whole)
            reached = end
        first = self._text[items[0].start :]
        dashes = len(first) - len(first.lstrip(" "))
        place = Span(items[0].start, items[-1].end)
        return Layout("block", place, tuple(items), self._colon, column, dashes, self._style)

    def _dash_line(self, after: int, before: int, event: Any) -> int:
        """Return the start of the line whose dash introduces an item, somewhere after the one before it."""
        line = self._text.find("\n", max(after - 1, 0), before) + 1
        while 0 < line <= before:
            if _DASH.match(self._text, line, before + 1):
                return line
            line = self._text.find("\n", line, before) + 1
        self._refuse(event, f"an item of `{self._key}` cannot be told apart", "put each item on lines of its own")
        return -1

    def _line_end(self, end: int) -> int:
        """Return the end of the line on which something ends, its line break with it."""
        if end and self._text[end - 1] == "\n":
            return end  # a block of text ends with its last line break
        following = self._text.find("\n", end)
        return len(self._text) if following < 0 else following + 1

    def _with_comments(self, column: int | None, end: int) -> int:
        """Return the end of an item and of the comments right below it that stand among its keys, or further in."""
        while column is not None and (found := _COMMENT_LINE.match(self._text, end)) and len(found["indent"]) >= column:
            end = found.end()
        return end

    def _insertion(self) -> int:
        """Return where a missing list belongs: at the end, but before the sealed field when that comes last."""
        if self._tops and is_sealed(self._tops[-1][0]):
            return self._text.rfind("\n", 0, self._tops[-1][1]) + 1
        return len(self._text)

    def _is_after_blank_line(self, start: int) -> bool:
        line = self._text.rfind("\n", 0, start)
        return line > 0 and not self._text[self._text.rfind("\n", 0, line) + 1 : line].strip()
