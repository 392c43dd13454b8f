"""Globs over paths below the content root, with ``**`` for any number of folders."""

from __future__ import annotations

import re
from functools import lru_cache

_LONGEST = 1_000
# Folders, where a name may begin; stars; one of some characters; a character.
_PIECE = re.compile(r"(?<![^/])(?:\*\*/)+|\*+|\[!?[^\]/]+\]|.", re.DOTALL)
_RANGE = re.compile(r"(.)-(.)|(.)", re.DOTALL)


def glob_fault(pattern: str) -> str:
    """Return why a pattern cannot be used, or ``""``.

    Args:
        pattern: As written in ``search.toml``.
    """
    if not pattern or pattern.isspace():
        return "is empty"
    if pattern.startswith("/") or "\\" in pattern or re.match(r"[A-Za-z]:", pattern):
        return "is not relative to the content root, written with /"
    if ".." in pattern.split("/"):
        return "leads outside of the content root"
    if not pattern.isprintable():
        return "holds characters that no path has"
    if len(pattern) > _LONGEST:
        return f"has more than {_LONGEST:,} characters"
    return ""


def matches_any(path: str, patterns: tuple[str, ...]) -> bool:
    """Tell whether a path matches one of the patterns.

    ``*`` and ``?`` stay within a folder, ``**`` crosses folders, ``[abc]`` is one of the characters; a pattern that
    names a folder (``drafts`` or ``drafts/``) stands for everything below it, and ``./`` before it says nothing.

    Args:
        path: Relative to the content root, with ``/``.
        patterns: Globs without fault.

    Returns:
        The answer, in time proportional to the length of the path whatever the patterns are.
    """
    return _automaton(patterns).matches(path)


@lru_cache(maxsize=16)
def _automaton(patterns: tuple[str, ...]) -> _Automaton:
    return _Automaton(patterns)


class _Automaton:
    """All patterns at once, advancing together through a path: one bit for each place in each pattern.

    A regular expression would try one after the other how stars may share out a name, in exponentially many ways.
    This is Thompson's simulation of the nondeterministic automaton ("Regular Expression Search Algorithm", 1968), its
    set of states a number.
    """

    def __init__(self, patterns: tuple[str, ...]) -> None:
        # Places by what stands there, as bits.
        self._within = self._across = self._folders = self._inside = self._any = 0
        self._characters: dict[str, int] = {}
        self._classes: list[tuple[str, int]] = []
        self._advance: dict[str, int] = {}
        start = end = 0
        place = 1
        for pattern in patterns:
            start |= place
            for piece in _PIECE.findall(pattern.removeprefix("./").rstrip("/")):
                place = self._add(piece, place)
            end |= place
            place <<= 1
        self._start = self._passed(start)
        self._end = end

    def _add(self, piece: str, place: int) -> int:
        """Take note of what stands at a place; return the next one."""
        if piece.endswith("*/"):
            self._folders |= place
            place <<= 1
            self._inside |= place
        elif piece == "*":
            self._within |= place
        elif piece.startswith("*"):
            self._across |= place
        elif piece == "?":
            self._any |= place
        elif len(piece) > 1:
            self._classes.append((piece[1:-1], place))
        else:
            self._characters[piece] = self._characters.get(piece, 0) | place
        return place << 1

    def matches(self, path: str) -> bool:
        state = self._start
        within, across = self._within, self._across | self._inside
        for character in path:
            if character == "/":
                if state & self._end:
                    return True
                stay = across
            else:
                stay = across | within
            advance = self._advance.get(character)
            if advance is None:
                advance = self._advance[character] = self._advanced_by(character)
            state = self._passed(((state & advance) << 1) | (state & stay))
            if not state:
                return False
        return bool(state & self._end)

    def _passed(self, state: int) -> int:
        """Return the places reached with those that may be passed over without a character."""
        folders = state & self._folders
        state |= folders << 1 | folders << 2
        return state | (state & (self._within | self._across)) << 1

    def _advanced_by(self, character: str) -> int:
        places = self._characters.get(character, 0)
        if character == "/":
            return places | self._inside
        for members, place in self._classes:
            if _is_one_of(character, members):
                places |= place
        return places | self._any


def _is_one_of(character: str, members: str) -> bool:
    negated = len(members) > 1 and members[0] == "!"
    ranges = _RANGE.findall(members[1:] if negated else members)
    return negated != any(first <= character <= last or character == one for first, last, one in ranges)
