"""TREC runs: ``qid Q0 id rank score tag``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

TAG = "search"


def trec_lines(query_id: str, ranked: Iterable[tuple[str, float]]) -> str:
    """Return one query's part of a run.

    White space in ids is percent-encoded, because the format separates by it. Tools order by score,
    not by rank, so equal scores are kept apart in the seventh digit.
    """
    lines: list[str] = []
    least = float("inf")
    for rank, (article_id, score) in enumerate(ranked, start=1):
        least = min(round(score, 7), round(least - 1e-7, 7))
        lines.append(f"{_one_word(query_id)} Q0 {_one_word(article_id)} {rank} {least:.7f} {TAG}\n")
    return "".join(lines)


def _one_word(text: str) -> str:
    return "".join(f"%{ord(character):02X}" if character.isspace() else character for character in text)
