"""Front matter of a file: YAML, TOML or JSON into one plain mapping."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from search.content.faults import Fault, FrontMatterError
from search.content.fence import MAX_FRONT_MATTER, Block, read_block
from search.content.toml_reader import TomlError, read_toml
from search.content.yaml_reader import MAX_NODES, drop_sealed, is_sealed, read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["FrontMatter", "FrontMatterError", "parse_block", "read_front_matter"]

_MAX_TOML = 256 * 1024
# tomllib takes time in the square of the parts of a dotted key.
_TOML_LONG_KEY = re.compile(r"(?<![\w\"'.-])(?:[\w\"'-]++\s*+\.\s*+){64}")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The front matter of one file.

    Attributes:
        values: The mapping, without any ``secured`` field. From YAML all scalars are text as written or None; from
            TOML and JSON they have their types.
        faults: What is wrong, but did not keep it from being read.
        block: Where it came from.
    """

    values: dict[str, Any]
    faults: tuple[Fault, ...]
    block: Block = field(repr=False)
    _nodes: list[Any] = field(default_factory=list, repr=False, compare=False)

    def line_of(self, *keys: str | int) -> int:
        """Return the line of the file where a value stands, or of what holds it.

        Only asked for when something is wrong there, so that files without faults do not pay for positions.

        Args:
            keys: The way to the value: keys of mappings, 0-based positions of lists.

        Returns:
            The 1-based line, or 0 when it is not known.
        """
        if self.block.syntax != "yaml":
            return self._line_of_name(str(keys[0]))
        if not self._nodes:
            import yaml

            try:
                root = yaml.compose(b"---\n" + self.block.source, Loader=yaml.CSafeLoader)
            except yaml.YAMLError:  # stricter than our reader, for example about an anchor that stands twice
                root = None
            self._nodes.append(root)
        root = self._nodes[0]
        return self.block.first_line - 1 + _walk(root, keys) if root is not None else 0

    def _line_of_name(self, name: str) -> int:
        quoted = re.escape(name.encode())
        sign = b":" if self.block.syntax == "json" else b"="
        pattern = rb"(?m)^[ \t{]*[\"']?" + quoted + rb"[\"']?\s*" + sign
        if self.block.syntax == "toml":
            pattern += rb"|^\s*\[+\s*" + quoted + rb"\s*\]"
        found = re.search(pattern, self.block.source)
        return self.block.first_line + self.block.source.count(b"\n", 0, found.start()) if found else 0


def read_front_matter(stream: BinaryIO) -> FrontMatter | None:
    """Read the front matter of a file, and no more of the file than that.

    Args:
        stream: The file, opened for reading bytes, at its start.

    Returns:
        The front matter, or None when the file has none.

    Raises:
        FrontMatterError: It cannot be read; says on which line, why and what to do.
    """
    block = read_block(stream)
    return parse_block(block) if block else None


def parse_block(block: Block, *, sums: bool = False) -> FrontMatter:
    """Parse a block of front matter.

    Args:
        block: Its bytes and how they are written.
        sums: Whether a checksum stands for what is sealed, in YAML.

    Returns:
        The mapping; empty when nothing stands between the fences.

    Raises:
        FrontMatterError: It cannot be parsed, or is no mapping.
    """
    if block.syntax == "yaml":
        _decoded(block, block.source)
        value, faults = read_yaml(block.source, block.first_line, sums=sums)
    elif block.syntax == "toml":
        value, faults = _read_toml(block), []
    else:
        value, faults = _read_json(block)
    if value is None:
        value = {}
    if not isinstance(value, dict):
        raise FrontMatterError(block.first_line, "the front matter is no mapping", "write it as lines of `key: value`")
    if block.syntax == "toml":
        _drop_sealed(value)
    if not sums:
        drop_sealed(value)
    return FrontMatter(value, tuple(faults), block)


def _decoded(block: Block, source: bytes) -> str:
    try:
        return source.decode()
    except UnicodeDecodeError as error:
        line = block.first_line + source.count(b"\n", 0, error.start)
        raise FrontMatterError(line, "a character that is not UTF-8", "save the file as UTF-8") from None


def _read_toml(block: Block) -> Any:
    if len(block.source) > _MAX_TOML:
        raise FrontMatterError(1, "the TOML front matter is larger than 256 kB", "make it smaller")
    text = _decoded(block, block.source).replace("\r\n", "\n")
    if _TOML_LONG_KEY.search(text):
        raise FrontMatterError(block.first_line, "a dotted key of more than 64 parts", "shorten it")
    try:
        return read_toml(text)
    except TomlError as error:
        if not error.line:
            what = "TOML nested too deep or a value out of range"
            raise FrontMatterError(block.first_line, what, "simplify it") from None
        line = block.first_line - 1 + error.line
        raise FrontMatterError(line, "this is no TOML", "correct the line; text needs quotes") from None


def _read_json(block: Block) -> tuple[Any, list[Fault]]:
    repeated: set[str] = set()

    def mapping(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, value in pairs:
            if is_sealed(key):
                continue
            if key in made:
                repeated.add(key)
            made[key] = value
        return made

    text = block.source.decode("utf-8", "surrogateescape")
    if not text.strip():
        return {}, []
    try:
        value, end = json.JSONDecoder(object_pairs_hook=mapping).raw_decode(text, len(text) - len(text.lstrip()))
    except json.JSONDecodeError as error:
        if len(block.source) > MAX_FRONT_MATTER:
            raise FrontMatterError(1, "the front matter does not end within 2 MB", "close the brace") from None
        raise FrontMatterError(block.first_line - 1 + error.lineno, "this is no JSON", "correct the line") from None
    except (RecursionError, ValueError):
        raise FrontMatterError(1, "JSON nested too deep or a number too long", "simplify it") from None
    _decoded(block, text[:end].encode("utf-8", "surrogateescape"))
    faults = [Fault(0, "a key stands twice, the last one counts", "delete one of them")] if repeated else []
    return value, faults


def _drop_sealed(value: Any) -> None:
    """Take the sealed field out of every mapping below a value."""
    waiting = [value]
    for current in waiting:
        if len(waiting) > MAX_NODES:
            raise FrontMatterError(1, f"more than {MAX_NODES:,} values", "make it smaller")
        if isinstance(current, dict):
            drop_sealed(current)
            waiting.extend(current.values())
        elif isinstance(current, list):
            waiting.extend(current)


def _walk(node: Any, keys: Iterable[str | int]) -> int:
    line = node.start_mark.line
    for key in keys:
        children = getattr(node, "value", None)
        if not isinstance(children, list):
            break
        if isinstance(key, int):
            if key >= len(children) or isinstance(children[key], tuple):
                break
            node = children[key]
            line = node.start_mark.line
            continue
        pairs = [pair for pair in children if isinstance(pair, tuple) and pair[0].value == key]
        if not pairs:
            break
        line, node = pairs[-1][0].start_mark.line, pairs[-1][1]
    return int(line)
