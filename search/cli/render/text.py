"""Answers for people: at a terminal with links and colours, in a pipe plain."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from search.cli.render.cells import cut, fold
from search.cli.render.style import Style
from search.index.lexical import terms
from search.related.ranker import AFFINITY_WEIGHT, FOLLOW_SCALE, LEAD, LEADERS, LISTED_WEIGHT, REST_WEIGHT

if TYPE_CHECKING:
    from collections.abc import Callable

    from search.content.article import Article
    from search.index.opened import Index
    from search.related.suggest import CuratedEntry, Related, Suggestion
    from search.retrieval.search import Answer, Hit

_MAX_WIDTH = 110
_MIN_WIDTH = 20
_INDENT = " " * 5
_EXCERPT_LINES = 2
_TITLE_LINES = 3
# Cells that a title or a byline takes where lines are not folded, as in a pipe.
_LONGEST = 300
_SHOWN_TOPICS = 3


def answer_text(index: Index, answer: Answer, *, explain: bool, took_ms: float) -> str:
    """Return a query's answer as text."""
    style = Style.of(sys.stdout)
    mark = _marker(answer.query.text, style)
    blocks = [_hit_block(hit, style, mark, explain=explain) for hit in answer.hits]
    mode = answer.mode if answer.query.text else "newest first"
    engine = (
        f" · {index.manifest.encoder.name} ({index.manifest.encoder.backend})" if mode in {"hybrid", "dense"} else ""
    )
    foot = f"{len(answer.hits)} of {answer.passing:,} articles · {mode}{engine} · {took_ms:.0f} ms"
    return "\n".join([*blocks, style.dim(foot)]) + "\n"


def related_text(related: Related, *, explain: bool) -> str:
    """Return the curated list beside the suggestions as text."""
    style = Style.of(sys.stdout)
    article = related.article
    lines = [style.bold(style.link(shortened(article.title), article.url)), style.dim(_byline(article)), ""]
    lines.append(style.heading(f"curated ({len(related.curated)})" if related.curated else "curated: none yet"))
    for entry in related.curated:
        unknown = "" if entry.id else style.dim("  (not in the index)")
        lines.append(f"{entry.rank:>3}  {style.link(curated_name(entry), entry.url)}{unknown}")
    lines += ["", style.heading("suggested" if related.suggested else "suggested: nothing that fits")]
    for suggestion in related.suggested:
        if suggestion.rank == LEADERS + 1:  # why likelihood need not fall from here on
            lines.append(style.dim("also, by what this site lists"))
        lines.append(_suggestion_block(suggestion, style, explain=explain))
    return "\n".join(lines) + "\n"


def _hit_block(hit: Hit, style: Style, mark: _Marker, *, explain: bool) -> str:
    article = hit.article
    lines = _titled(hit.rank, article, style, mark)
    score = f" · {hit.score:.3f}" if hit.score else ""
    place = article.id if article.origin == "file" else "embedded only"
    lines.append(_INDENT + style.dim(_byline(article) + score))
    lines += [_INDENT + mark(line) for line in fold(article.excerpt, _width(), _EXCERPT_LINES)]
    lines.append(_INDENT + style.path(place))
    if hit.also:
        lines.append(_INDENT + style.dim(_also(hit.also)))
    if explain:
        lines.append(_INDENT + style.dim(_explanation(hit)))
    return "\n".join(lines) + "\n"


def _suggestion_block(suggestion: Suggestion, style: Style, *, explain: bool) -> str:
    article = suggestion.article
    lines = _titled(suggestion.rank, article, style)
    lines.append(_INDENT + style.dim(f"{_byline(article)} · {suggestion.probability:.0%} likely"))
    lines.append(f"{_INDENT}{style.kind(suggestion.kind)}: {'; '.join(suggestion.reasons)}")
    if suggestion.also:
        lines.append(_INDENT + style.dim(_also(suggestion.also)))
    lines.append(_INDENT + style.path(article.id))
    if explain:
        lines.append(_INDENT + style.dim(_ranking(suggestion)))
    return "\n".join(lines)


def _ranking(one: Suggestion) -> str:
    close = f"affinity (cosine {one.dense:.3f} + words {one.words:.3f}, a little more when near in time)"
    taken, listed = f"{one.probability:.3f} likely to be taken", f"{one.listed:.3f} likely to be listed"
    if one.rank <= LEADERS:
        made = f"{LEAD:g} as it leads + {taken} + {close} × ({AFFINITY_WEIGHT:g} + {LISTED_WEIGHT:g} × {listed})"
    else:
        made = f"{FOLLOW_SCALE:g} × ({listed} + {REST_WEIGHT:g} × ({taken} + {close}))"
    return f"score {one.score:.3f} = {made}"


def _also(ids: tuple[str, ...]) -> str:
    return f"also told in {len(ids)} more article{'s' if len(ids) > 1 else ''}: {ids[0]}"


def _explanation(hit: Hit) -> str:
    """Return what a score is the sum of, with places enough that the sum can be made again."""
    summands = []
    for part in hit.parts:
        value = f"{part.name} {part.value:.4f}"
        if part.name == "words":
            value += f" (BM25 {hit.lexical or 0:.2f} of {hit.ceiling:.2f} at most)"
        summands.append(value if part.weight == 1 else f"{part.weight:g} × {value}")
    return f"score {hit.score:.4f} = {' + '.join(summands)}" if summands else "newest first, without a score"


def _byline(article: Article) -> str:
    parts = [article.provider.name or article.provider.domain, human_date(article.published_at)]
    topics = ", ".join(article.topics[:_SHOWN_TOPICS])
    if article.type not in {"", "article"}:
        parts.append(article.type)
    if article.removed:
        parts.append("removed")
    return shortened(" · ".join(part for part in [*parts, topics] if part))


def human_date(moment: datetime | None) -> str:
    """Return a date as people say it: ``today``, ``yesterday``, ``12 Mar``, ``12 Mar 2024``."""
    if moment is None:
        return "no date"
    today = datetime.now(UTC).date()
    day = moment.date()
    if day == today:
        return "today"
    if (today - day).days == 1:
        return "yesterday"
    return f"{day.day} {day:%b %Y}"


def curated_name(entry: CuratedEntry) -> str:
    """Return what a person knows an item of a curated list by."""
    return shortened(entry.title or entry.url or entry.id) or "an item without title and address"


def shortened(text: str) -> str:
    """Return a text that nobody reads to its end with an ellipsis in place of it."""
    return cut(text, _LONGEST)


def _titled(rank: int, article: Article, style: Style, mark: Callable[[str], str] = str) -> list[str]:
    """Return the title after its rank: folded at a terminal, on one line in a pipe, which may be searched by lines."""
    title = article.title
    lines = fold(title, _width(), _TITLE_LINES) if sys.stdout.isatty() else [shortened(title)]
    starts = [f"{rank:>3}  ", *[_INDENT] * (len(lines) - 1)]
    return [
        f"{start}{style.bold(style.link(mark(line), article.url))}" for start, line in zip(starts, lines, strict=True)
    ]


def _width() -> int:
    return max(min(get_terminal_size().columns, _MAX_WIDTH) - len(_INDENT), _MIN_WIDTH)


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
