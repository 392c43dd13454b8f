"""YAML front matter into plain mappings, lists and text, guarded against hostile input.

Built on the event stream of libyaml, with a stack of its own instead of recursion. Every scalar stays the text that
was written (``NO``, ``12:30``, ``007``, ``2024-02-30``): which field is a date, a flag or a number is known to the
field, not to its spelling. Only an unquoted nothing (empty, ``~``, ``null``) is None. That is also faster than
``CSafeLoader``, whose resolver and constructors cost more than the parser.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import xxhash
from yaml import YAMLError
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from search.content.faults import Fault, FrontMatterError
from search.content.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_DEPTH: Final = 64
MAX_NODES: Final = 100_000
# Characters that aliases add to what is written: half of what a file without them may hold. Real files repeat a
# provider or an image, some hundred characters.
MAX_REPEATED: Final = 1_000_000
MAX_FAULTS: Final = 20
_SEALED: Final = "secured"

NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_CORE = "tag:yaml.org,2002:"
_CORE_TAGS = frozenset(
    _CORE + name for name in ("str", "int", "float", "bool", "null", "timestamp", "binary", "map", "seq", "set", "omap")
) | {"!"}
_LONGEST_NAME = 400
_NO_KEY: Final = object()
_MERGE: Final = object()
_FORBIDDEN = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x84\x86-\x9f]|\xed[\xa0-\xbf]|\xef\xbf[\xbe\xbf]"
)

# What libyaml says, by its beginning → what is wrong, what to do.
_EXPLANATIONS = (
    ("mapping values are not allowed", "a colon and a space inside a value", "put the value in quotes"),
    ("found character that cannot start", "a value begins with a character that YAML reserves, or a tab indents it",
     "put the value in quotes and indent with spaces"),
    ("found a tab character", "a tab indents the line", "indent with spaces"),
    ("found unexpected end of stream", "a quote is opened and never closed", "close the quote"),
    ("found unknown escape", "a backslash in double quotes begins no escape",
     "double the backslash or use single quotes"),
    ("could not find expected ':'", "a line is no `key: value`", "add the colon, or indent or quote the text"),
    ("did not find expected key", "the indentation changes or text follows a closed quote",
     "align the keys, and double a quote inside quotes"),
    ("did not find expected '-' indicator", "the items of a list are not aligned", "align the dashes"),
    ("did not find expected ',' or", "a list or mapping in brackets is never closed",
     "close the bracket, or quote the value"),
    ("did not find expected <document start>", "text stands after the end of the mapping",
     "indent it or move it below the front matter"),
    ("block sequence entries are not allowed", "a dash where no list can begin",
     "put the list on its own lines, or quote the value"),
    ("did not find expected alphabetic", "`*` or `&` begins a value", "put the value in quotes"),
    ("found undefined tag handle", "`!` begins a value", "put the value in quotes"),
)  # fmt: skip


def read_yaml(source: bytes, first_line: int = 1, *, sums: bool = False) -> tuple[Any, list[Fault]]:
    """Read one YAML document.

    Args:
        source: The text in UTF-8, without fences.
        first_line: The line of the file on which it begins.
        sums: Whether a checksum stands for what is sealed, so that two documents can be told apart by it.

    Returns:
        The value (mappings, lists, text and None; ``secured`` is dropped at every depth, and so is what an alias
        takes from it) and what is wrong but did not keep it from being read: repeated keys, unknown tags.

    Raises:
        FrontMatterError: It is no YAML, or expands to more than front matter ever holds.
    """
    builder = _Builder(b"---\n" + source, first_line - 1, sums=sums)
    try:
        return builder.build(), builder.faults
    except YAMLError as error:
        raise _unreadable(source, first_line) or _explained(error, first_line - 1) from None


def _unreadable(source: bytes, first_line: int) -> FrontMatterError | None:
    found = _FORBIDDEN.search(source)
    if found is None:
        return None
    line = first_line + source.count(b"\n", 0, found.start())
    name = "a NUL byte" if found[0] == b"\0" else "a control character"
    return FrontMatterError(line, f"{name} in the front matter", "delete the character")


def _explained(error: YAMLError, line_offset: int) -> FrontMatterError:
    problem = str(getattr(error, "problem", "") or "")
    mark = getattr(error, "problem_mark", None)
    for beginning, what, todo in _EXPLANATIONS:  # noqa: B007 - all three are used after the loop
        if problem.startswith(beginning):
            if "never closed" in what:
                mark = getattr(error, "context_mark", None) or mark
            break
    else:
        what, todo = "this is no YAML", "correct the line, or put its value in quotes"
    return FrontMatterError(mark.line + line_offset if mark else 0, what, todo)


def is_sealed(key: Any) -> bool:
    """Return whether a key is that of the sealed field, in whatever letter case: fields are found in any."""
    return type(key) is str and len(key) == len(_SEALED) and key.casefold() == _SEALED


def drop_sealed(mapping: dict[Any, Any]) -> None:
    """Take the sealed field out of a mapping."""
    for name in [key for key in mapping if is_sealed(key)]:
        del mapping[name]


def _sum_of(value: Any) -> str:
    return xxhash.xxh3_128_hexdigest(repr(value).encode("utf-8", "surrogatepass"))


class _Builder:
    """Puts events together to a value."""

    def __init__(self, source: bytes, line_offset: int, *, sums: bool) -> None:
        self.faults: list[Fault] = []
        self._sums = sums
        self._line_offset = line_offset
        self._next: Callable[[], Any] = CParser(source).get_event
        self._root: Any = None
        self._container: Any = None
        self._key: Any = _NO_KEY
        self._key_event: Any = None
        self._stack: list[tuple[Any, Any, Any, str | None, int, int]] = []
        self._anchors: dict[str, tuple[Any, int, int]] = {}
        self._nodes = 0
        self._text = 0
        self._repeated_text = 0
        self._sealed = False

    def build(self) -> Any:
        handlers: dict[type, Callable[[Any], None]] = {
            ScalarEvent: self._scalar,
            MappingStartEvent: self._start,
            SequenceStartEvent: self._start,
            MappingEndEvent: self._end,
            SequenceEndEvent: self._end,
            AliasEvent: self._alias,
            DocumentStartEvent: self._document,
            DocumentEndEvent: self._nothing,
            StreamStartEvent: self._nothing,
        }
        following = self._next
        event = following()
        while type(event) is not StreamEndEvent:
            handlers[type(event)](event)
            event = following()
        return self._root

    def _nothing(self, event: Any) -> None:
        pass

    def _document(self, event: Any) -> None:
        if self._nodes:
            raise FrontMatterError(
                self._line(event), "a second YAML document begins", "quote the line that begins with ---"
            )

    def _scalar(self, event: Any) -> None:
        value = event.value
        length = len(value)
        self._text += length
        if value in NULLS and event.implicit[0]:
            value = None
        elif value == "<<" and event.implicit[0] and self._key is _NO_KEY and type(self._container) is dict:
            value = _MERGE
        if event.tag is not None:
            self._check_tag(event)
        if event.anchor is not None:
            self._name(event.anchor, value, 1, length)
        self._place(value, event, 1)

    def _start(self, event: Any) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise FrontMatterError(
                self._line(event),
                f"more than {MAX_DEPTH} levels of nesting",
                "flatten it; front matter needs a handful",
            )
        if event.tag is not None:
            self._check_tag(event)
        if event.anchor is not None:
            self._anchors[event.anchor] = (None, 0, 0)
        self._stack.append((self._container, self._key, self._key_event, event.anchor, self._nodes, self._text))
        self._container = {} if type(event) is MappingStartEvent else []
        self._key = _NO_KEY

    def _end(self, event: Any) -> None:
        value = self._container
        self._container, self._key, self._key_event, anchor, nodes, text = self._stack.pop()
        if type(value) is dict:
            if self._sealed and not self._sums:
                drop_sealed(value)
            if _MERGE in value:
                self._merge(value)
        if anchor is not None:
            self._name(anchor, value, self._nodes - nodes + 1, self._text - text)
        self._place(value, event, 1)

    def _name(self, anchor: str, value: Any, size: int, length: int) -> None:
        """Note what an anchor names: nothing within the sealed field, which an alias would carry out of it."""
        if is_sealed(self._key) or self._is_within_sealed():
            value = None
        self._anchors[anchor] = (value, size, length)

    def _is_within_sealed(self) -> bool:
        return any(is_sealed(outer) for _, outer, *_ in self._stack)

    def _alias(self, event: Any) -> None:
        value, size, length = self._anchors.get(event.anchor, (None, -1, 0))
        if size < 0:
            raise FrontMatterError(self._line(event), "`*` begins a value and names nothing", "put the value in quotes")
        if size == 0:
            raise FrontMatterError(self._line(event), "an alias stands inside of what it names", "write the value out")
        self._text += length
        self._repeated_text += length
        if self._repeated_text > MAX_REPEATED:
            raise FrontMatterError(
                self._line(event),
                f"aliases repeat more than {MAX_REPEATED:,} characters of text",
                "make what the alias repeats smaller, or use it less often",
            )
        self._place(value, event, size)

    def _place(self, value: Any, event: Any, size: int) -> None:
        self._nodes += size
        if self._nodes > MAX_NODES:
            raise FrontMatterError(
                self._line(event),
                f"more than {MAX_NODES:,} values, aliases counted as often as used",
                "make it smaller",
            )
        container = self._container
        if type(container) is list:
            container.append(value)
        elif container is None:
            self._root = value
        elif self._key is _NO_KEY:
            self._key = value if type(value) is str or value is _MERGE else self._odd_key(value, event)
            self._key_event = event
        else:
            key, self._key = self._key, _NO_KEY
            if key in container:
                self._repeated(key)
            if key is _MERGE and type(value) not in {dict, list}:
                self._fault(self._key_event, "`<<` merges something that is no mapping", "delete it")
            # The sealed field keeps its place, so that repeating it is noticed, but not its value.
            if is_sealed(key):
                self._sealed, value = True, _sum_of(value) if self._sums else None
            container[key] = value

    def _odd_key(self, value: Any, event: Any) -> str:
        if value is not None:
            self._fault(event, "a key is a list or a mapping", "put it in quotes; it is ignored")
        return ""

    def _repeated(self, key: Any) -> None:
        unnamed = key is _MERGE or self._is_within_sealed()
        name = "a key" if unnamed else f"`{plain_text(key[:_LONGEST_NAME])[:40]}`"
        self._fault(self._key_event, f"{name} stands twice, the last one counts", "delete one of them")

    def _merge(self, mapping: dict[Any, Any]) -> None:
        merged = mapping.pop(_MERGE)
        for source in merged if type(merged) is list else [merged]:
            if type(source) is not dict:
                continue
            self._nodes += len(source)
            for key, value in source.items():
                mapping.setdefault(key, value)

    def _check_tag(self, event: Any) -> None:
        if event.tag not in _CORE_TAGS:
            self._fault(
                event, "a YAML tag (`!…`) that is no plain data; it is ignored", "delete it, or quote the value"
            )

    def _fault(self, event: Any, what: str, todo: str) -> None:
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(Fault(self._line(event), what, todo))

    def _line(self, event: Any) -> int:
        return int(event.start_mark.line) + self._line_offset
