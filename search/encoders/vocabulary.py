"""The words that an encoder knows whole: what its tokenizer does not take apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# How tokenizers mark the beginning of a word: SentencePiece, byte-level BPE; WordPiece marks what is none (##).
_BEGINNINGS = ("▁", "Ġ")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The tokens of a tokenizer, by token."""

    tokens: Mapping[str, int]

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and (word in self.tokens or any(one + word in self.tokens for one in _BEGINNINGS))

    def words(self, min_length: int) -> list[str]:
        """Return all whole words of letters, in lower case, that have some length."""
        marked = any(token.startswith(_BEGINNINGS) for token in self.tokens)
        found = {
            token.lstrip("".join(_BEGINNINGS)).casefold()
            for token in self.tokens
            if not marked or token.startswith(_BEGINNINGS)
        }
        return sorted(word for word in found if word.isalpha() and len(word) >= min_length)
