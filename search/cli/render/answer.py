"""A query's answer for people: at a terminal with links and colours, in a pipe plain."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from search.cli.render.cells import fold
from search.cli.render.style import Style
from search.cli.render.text import INDENT, NAMED_OF_STORY, also_told, byline, titled, width
from search.index.lexical import terms
from search.retrieval.fusion import share_of

if TYPE_CHECKING:
    from search.index.opened import Index
    from search.index.standing import Standing
    from search.retrieval.search import Answer, Hit

_EXCERPT_LINES = 2


def answer_text(index: Index, answer: Answer, standing: Standing, *, explain: bool, took_ms: float) -> str:
    """Return a query's answer as text."""
    style = Style.of(sys.stdout)
    mark = _marker(answer.query.text, style)
    blocks = [_hit_block(hit, style, mark, standing(hit.article), explain=explain) for hit in answer.hits]
    mode = answer.mode if answer.query.text else "newest first"
    engine = (
        f" · {index.manifest.encoder.name} ({index.manifest.encoder.backend})" if mode in {"hybrid", "dense"} else ""
    )
    foot = f"{len(answer.hits)} of {answer.passing:,} articles · {mode}{engine} · {took_ms:.0f} ms"
    return "\n".join([*blocks, style.dim(foot)]) + "\n"


def _hit_block(hit: Hit, style: Style, mark: _Marker, standing: str, *, explain: bool) -> str:
    article = hit.article
    lines = titled(hit.rank, article, style, mark)
    score = f" · {hit.score:.3f}" if hit.score else ""
    place = article.id if article.origin == "file" else "embedded only"
    lines.append(INDENT + style.dim(byline(article, standing) + score))
    lines += [INDENT + mark(line) for line in fold(article.excerpt, width(), _EXCERPT_LINES)]
    lines.append(INDENT + style.path(place))
    if hit.also:
        lines.append(INDENT + style.dim(also_told(hit.also, named=NAMED_OF_STORY)))
    if explain:
        lines.append(INDENT + style.dim(_explanation(hit)))
    return "\n".join(lines) + "\n"


def _explanation(hit: Hit) -> str:
    """Return what a score is the sum of, with places enough that the sum can be made again."""
    summands = []
    for part in hit.parts:
        value = f"{part.name} {part.value:.4f}"
        if part.name == "words":
            raised = "; words side by side" if part.value > share_of(hit.lexical or 0, hit.ceiling) else ""
            value += f" (BM25 {hit.lexical or 0:.2f} of {hit.ceiling:.2f} at most{raised})"
        summands.append(value if part.weight == 1 else f"{part.weight:g} × {value}")
    return f"score {hit.score:.4f} = {' + '.join(summands)}" if summands else "newest first, without a score"


class _Marker:
    """Marks the words of a query in a text."""

    def __init__(self, pattern: re.Pattern[str] | None, style: Style) -> None:
        self._pattern = pattern
        self._style = style

    def __call__(self, text: str) -> str:
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda match: self._style.match(match[0]), text)


def _marker(query: str, style: Style) -> _Marker:
    # A match is a word that begins like the query's word less its ending: what the stemmer would join.
    stems = {re.escape(word[: max(4, len(word) - 3)] if len(word) > 4 else word) for word in terms(query)}  # noqa: PLR2004
    if not stems or not style.enabled:
        return _Marker(None, style)
    longest_first = sorted(stems, key=lambda stem: (-len(stem), stem))
    return _Marker(re.compile(rf"\b(?:{'|'.join(longest_first)})\w{{0,4}}\b", re.IGNORECASE), style)
