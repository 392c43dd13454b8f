"""Files as a person may see them: sealed fields hold nothing, and what cannot be read for sure is not shown."""

from __future__ import annotations

import io
import re
from typing import Any, Final, NamedTuple

import yaml

from search.content.faults import FrontMatterError
from search.content.fence import read_block
from search.content.frontmatter import parse_block
from search.content.yaml_reader import is_sealed

_HIDDEN: Final = ": …"
_BLOCKS: Final = ("|", ">")
_COMMENT: Final = re.compile(r"[ \t]+#[^\r\n]*")
_ANY_COMMENT: Final = re.compile(r"#[^\r\n]*")
# A sealed field that somebody commented out.
_COMMENTED_OUT: Final = re.compile(r"""(?i)secured["']?[ \t]*(?=:)""")
# What the reader has it begin with, so that both see the same document.
_START: Final = "---\n"
NOT_SHOWN: Final = "(front matter that is not shown: sealed fields cannot be told apart in it)\n"
_CHANGED: Final = "(front matter that was changed; it is not shown: sealed fields cannot be told apart in it)\n"
_BODY_NOT_SHOWN: Final = "(text that is not shown: it may hold a sealed field)\n"
# Below the front matter a sealed field is text, unless somebody broke the fence.
_LIKE_A_FIELD: Final = re.compile(r"""(?i)secured["']?\s*[:=\]]|\\[xu][0-9a-f]{2}[^"\n]{0,99}"\s*:""")


class _Parts(NamedTuple):
    """A file: its front matter as it may be shown, None when it may not be; the front matter itself; the rest."""

    shown: str | None
    front: bytes
    rest: str


def shown_texts(before: bytes, after: bytes) -> tuple[str, str]:
    """Return two states of a file as they may be shown.

    Where the front matter of one of them is no YAML that can be read, neither is shown, but whether they differ.
    """
    old, new = _parts(before), _parts(after)
    if old.shown is not None and new.shown is not None:
        return old.shown + old.rest, new.shown + new.rest
    return NOT_SHOWN + old.rest, (NOT_SHOWN if old.front == new.front else _CHANGED) + new.rest


def without_sealed(text: str) -> str:
    """Return YAML with nothing in its ``secured`` fields, at any depth; all else is as it was.

    What is no YAML, or neither a mapping nor a list, is not shown at all.
    """
    try:
        spans = _spans(text)
    except yaml.YAMLError:
        return NOT_SHOWN
    for start, end in reversed(spans):
        text = text[:start] + _HIDDEN + text[end:]
    return text


def _parts(data: bytes) -> _Parts:
    try:
        block = read_block(io.BytesIO(data))
        if block is None or block.syntax != "yaml":
            # of JSON without fences nobody knows where it ends
            end = block.offset + len(block.source) if block is not None and block.offset else len(data)
            return _Parts(None, data[:end], _body(data[end:]))
        end = block.offset + len(block.source)
        parse_block(block)  # what the reader refuses is not shown either
        shown = data[: block.offset].decode() + without_sealed(block.source.decode())
    except (FrontMatterError, UnicodeDecodeError):
        return _Parts(None, data, "")
    return _Parts(shown, data[:end], _body(data[end:]))


def _body(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    return _BODY_NOT_SHOWN if _LIKE_A_FIELD.search(text) else text


def _spans(text: str) -> list[tuple[int, int]]:
    """Return from where to where sealed fields reach, in order: from behind the key to where the value ends.

    Those that are commented out are among them.
    """
    scan = _Scan(_START + text)
    if "\ufeff" in text:  # libyaml does not count it
        raise yaml.YAMLError
    for event in yaml.parse(_START + text, Loader=yaml.CSafeLoader):
        scan.take(event)
    spans: list[tuple[int, int]] = []
    for start, end in sorted([*scan.spans, *_commented_out(_START + text, scan.scalars)]):
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    return [(start - len(_START), end - len(_START)) for start, end in spans]


def _commented_out(text: str, scalars: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return from where to where sealed fields reach that are commented out: all comments that follow hold the value.

    Args:
        text: Of the document.
        scalars: From where to where no comment stands, in order.
    """
    spans: list[tuple[int, int]] = []
    reached = hidden = 0
    for start, end in [*scalars, (len(text), len(text))]:
        for comment in _ANY_COMMENT.finditer(text, reached, start):
            if hidden and not text[hidden : comment.start()].strip():
                hidden = comment.end()
                spans[-1] = (spans[-1][0], hidden)
            elif field := _COMMENTED_OUT.search(text, *comment.span()):
                hidden = comment.end()
                spans.append((field.end(), hidden))
            else:
                hidden = 0
        reached = end
    return spans


class _Scan:
    """Follows libyaml's events, whose marks count characters."""

    def __init__(self, text: str) -> None:
        self.spans: list[tuple[int, int]] = []
        # where a `#` begins no comment: not those of blocks, whose first line may end with one
        self.scalars: list[tuple[int, int]] = []
        self._text = text
        # of each open collection whether it is a mapping, and whether a key waits for its value
        self._open: list[list[bool]] = []
        self._names: dict[str, str] = {}
        self._start = -1
        self._depth = 0

    def take(self, event: Any) -> None:
        """Follow one event."""
        start: int = event.start_mark.index
        end: int = event.end_mark.index
        if isinstance(event, yaml.CollectionStartEvent):
            self._open.append([isinstance(event, yaml.MappingStartEvent), False])
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
            self._done("", end)
        elif isinstance(event, yaml.ScalarEvent):
            if not self._open:
                raise yaml.YAMLError
            if event.style not in _BLOCKS:
                self.scalars.append((start, end))
            if event.anchor is not None:
                self._names[event.anchor] = event.value
            self._done(event.value, end)
        elif isinstance(event, yaml.AliasEvent):
            self._done(self._names.get(event.anchor or "", ""), end)

    def _done(self, name: str, end: int) -> None:
        """Take note that a node has ended: a key, the value of one, or an item of a list."""
        if not self._open or not self._open[-1][0]:
            return
        is_key = not self._open[-1][1]
        self._open[-1][1] = is_key
        if is_key and self._start < 0 and is_sealed(name.strip()):
            self._start, self._depth = end, len(self._open)
        elif not is_key and self._start >= 0 and self._depth == len(self._open):
            # a block collection ends where the next key begins, a block of text behind its last line break
            end = self._start + len(self._text[self._start : end].rstrip())
            comment = _COMMENT.match(self._text, end)
            self.spans.append((self._start, comment.end() if comment else end))
            self._start = -1
