"""English words with how common they are: the frequency dictionary that ``symspellpy`` ships, read when asked for.

82,000 words that Google's book n-grams and SCOWL's word lists share: names and slips of the pen are not among them.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# Names that the dictionary has are rarer than this, ordinary words are not: by trial on four sites.
RARE = 1_000_000
_FILE = "frequency_dictionary_en_82_765.txt"


def count(word: str) -> int:
    """Return how often a word in lower case stands in a trillion words of English; 0 for what is no word."""
    text = _text()
    start = text.find(f"\n{word} ")
    if start < 0:
        return 0
    return int(text[start + len(word) + 2 : text.index("\n", start + 1)])


@cache
def counts() -> Mapping[str, int]:
    """Return how often each word stands in a trillion words of English: for whoever asks for thousands of them."""
    words = _text().split()
    return MappingProxyType(dict(zip(words[::2], map(int, words[1::2]), strict=True)))


@cache
def _text() -> str:
    """Return the dictionary as it stands, a word and its count a line: to look up a few words is to search a text."""
    spec = find_spec("symspellpy")  # not imported: of the package only its data is wanted
    if spec is None or spec.origin is None:
        return "\n"
    return "\n" + Path(spec.origin).with_name(_FILE).read_text(encoding="utf-8-sig") + "\n"
