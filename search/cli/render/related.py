"""The curated list of an article beside suggestions, for people."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np

from search.cli.render.style import Style
from search.cli.render.text import INDENT, NAMED_OF_STORY, also_told, byline, curated_name, shortened, titled
from search.related.features import KINSHIP_WEIGHT, nearness
from search.related.ranker import AFFINITY_WEIGHT, FOLLOW_SCALE, LEAD, LEADERS, LISTED_WEIGHT, REST_WEIGHT, TAKEN_WEIGHT
from search.related.suggest import are_listed

if TYPE_CHECKING:
    from search.index.standing import Standing
    from search.related.suggest import Related, Suggestion


def related_text(related: Related, *, explain: bool, standing: Standing = lambda _: "") -> str:
    """Return the curated list beside the suggestions as text."""
    style = Style.of(sys.stdout)
    article = related.article
    lines = [
        style.bold(style.link(shortened(article.title), article.url)),
        style.dim(byline(article, standing(article))),
        "",
    ]
    lines.append(style.heading(f"curated ({len(related.curated)})" if related.curated else "curated: none yet"))
    for entry in related.curated:
        told = standing(entry.article) if entry.article else "not in the index"
        mark = style.dim(f"  ({told})") if told else ""
        lines.append(f"{entry.rank:>3}  {style.link(curated_name(entry), entry.url)}{mark}")
    lines += ["", style.heading("suggested" if related.suggested else "suggested: nothing that fits")]
    for number, suggestion in enumerate(related.suggested, 1):
        # why likelihood need not fall from here on
        if suggestion.rank == LEADERS + 1 and are_listed(related.suggested[number - 1 :]):
            lines.append(style.dim("also, by what this site lists"))
        lines.append(_suggestion_block(number, suggestion, style, standing(suggestion.article), explain=explain))
    return "\n".join(lines) + "\n"


def _suggestion_block(number: int, suggestion: Suggestion, style: Style, standing: str, *, explain: bool) -> str:
    article = suggestion.article
    lines = titled(number, article, style)
    lines.append(INDENT + style.dim(f"{byline(article, standing)} · {suggestion.probability:.0%} likely"))
    lines.append(f"{INDENT}{style.kind(suggestion.kind)}: {'; '.join(suggestion.reasons)}")
    if suggestion.also:
        lines.append(INDENT + style.dim(also_told(suggestion.also, named=NAMED_OF_STORY)))
    lines.append(INDENT + style.path(article.id))
    if explain:
        lines.append(INDENT + style.dim(_ranking(suggestion)))
    return "\n".join(lines)


def _ranking(one: Suggestion) -> str:
    near = f"{nearness(np.array([abs(one.days)]))[0]:.3f} near in time"
    shared = f" + {KINSHIP_WEIGHT:g} × rare topics {one.kinship:.3f}" if one.kinship else ""
    close = f"affinity ((cosine {one.dense:.3f} + words {one.words:.3f}) × {near}{shared})"
    taken, listed = f"{one.probability:.3f} likely to be taken", f"{one.listed:.3f} likely to be listed"
    if one.rank <= LEADERS:
        alike = f"{close} × ({AFFINITY_WEIGHT:g} + {LISTED_WEIGHT:g} × {listed})"
        made = f"{LEAD:g} as it leads + {TAKEN_WEIGHT:g} × {taken} + {alike}"
    else:
        made = f"{FOLLOW_SCALE:g} × ({listed} + {REST_WEIGHT:g} × ({taken} + {close}))"
    return f"score {one.score:.3f} = {made}"
