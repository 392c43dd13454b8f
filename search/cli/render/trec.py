"""TREC runs: ``qid Q0 id rank score tag``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.evaluation.trec import encoded_id

if TYPE_CHECKING:
    from collections.abc import Iterable

TAG = "search"


def trec_lines(query_id: str, ranked: Iterable[tuple[str, float]]) -> str:
    """Return one query's part of a run, ids as ``encoded_id`` writes them.

    Tools order by score, not by rank, so equal scores are kept apart in the seventh digit.
    """
    lines: list[str] = []
    least = float("inf")
    for rank, (article_id, score) in enumerate(ranked, start=1):
        least = min(round(score, 7), round(least - 1e-7, 7))
        lines.append(f"{encoded_id(query_id)} Q0 {encoded_id(article_id)} {rank} {least:.7f} {TAG}\n")
    return "".join(lines)
