"""The best of a query read again, word by word: late interaction.

An article's vector is one for all it says, and its boilerplate draws it as much as its subject. Here each token of the
query finds the token of the article that comes nearest to it, both as they are meant where they stand, and what rare
words find counts more: MaxSim of Khattab and Zaharia, "ColBERT" (SIGIR 2020), weighted by inverse document frequency,
over the tokens whose mean the encoder's vectors are. ``scripts/eval_queries`` prints other weights.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from search.content.text import document_text
from search.index.letters import folded
from search.index.lexical import rarity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from search.encoders.base import Encoder, TokenVectors
    from search.index.opened import Index
    from search.retrieval.wording import Wording

# How many are read again, and how much of each: title and the beginning of the excerpt, or where it has a rare word of
# the query. Their tokens are not kept but made anew, which is most of what a warm query takes (scripts/bench_query); by
# trial more ranks no better.
READ_AGAIN = 20
_TOKENS = 48
# Characters of an excerpt that these tokens reach beside a title, mostly, and what is read before a word beyond them.
_SEEN, _BEFORE = 120, 40
# Words that no more than this share of articles have, or so many, are looked for there: by trial, with all words
# the queries of the sample gain a little and those of a real site lose more (scripts/eval_queries).
_FEW, _FEW_AT_LEAST = 0.005, 10
_WORD = re.compile(r"\w+")
_NO_WEIGHT = 1e-3


def max_sims(index: Index, asked: Wording, rows: Sequence[int], encoder: Encoder) -> dict[int, float]:
    """Return the weighted MaxSim of some rows with a query, -1 to 1; nothing where the encoder has no such tokens.

    Args:
        index: Holds the texts.
        asked: The query.
        rows: Which articles to read.
        encoder: That of the index.
    """
    query = encoder.encode_query_tokens(asked.text)
    if query is None or not query.places:
        return {}
    articles = index.articles(rows)
    few = max(_FEW * index.manifest.articles, _FEW_AT_LEAST)
    words = sorted((word for word in asked.words if asked.counts[word] <= few), key=lambda word: asked.counts[word])
    texts = [document_text(articles[row].title, passage(articles[row].excerpt, words)) for row in rows]
    read = encoder.encode_document_tokens(texts, _TOKENS)
    weights = token_weights(asked.text, query, asked.counts, index.manifest.articles)
    return {row: max_sim(query, weights, tokens) for row, tokens in zip(rows, read, strict=True)}


def passage(excerpt: str, words: Iterable[str]) -> str:
    """Return an excerpt from shortly before the first of some words that stands late in it; whole where none does.

    Examples:
        >>> passage("Three halls open. " * 9 + "Brida Smeth said so.", ["smeth"])
        'halls open. Three halls open. Brida Smeth said so.'
    """
    text = folded(excerpt)
    if len(text) != len(excerpt):
        return excerpt  # a few letters fold into several
    for word in words:
        found = re.search(rf"\b{re.escape(word)}\b", text)
        if found:
            start = max(found.start() - _BEFORE, 0)
            return excerpt if found.end() <= _SEEN else excerpt[start:].partition(" ")[2]
    return excerpt


def max_sim(query: TokenVectors, weights: NDArray[np.float64], tokens: TokenVectors) -> float:
    """Return the weighted mean, over the tokens of a query, of the cosine with the nearest token of an article."""
    if not tokens.places:
        return 0.0
    nearest = (query.vectors @ tokens.vectors.T).max(axis=1)
    return float(weights @ nearest / weights.sum())


def token_weights(text: str, tokens: TokenVectors, counts: Mapping[str, int], articles: int) -> NDArray[np.float64]:
    """Return what each token of a query counts: as much as its word is rare; all the same where no word is.

    Args:
        text: The query.
        tokens: Its tokens.
        counts: How many articles have each word worth searching for; the others count nothing.
        articles: How many there are.
    """
    weights = np.zeros(len(tokens.places))
    for word in _WORD.finditer(text):
        having = counts.get(folded(word.group()).strip("_"))
        if having is not None:
            within = [start < word.end() and end > word.start() for start, end in tokens.places]
            weights[within] = rarity(articles, having)
    return weights if weights.max(initial=0.0) > _NO_WEIGHT else np.ones(len(weights))
