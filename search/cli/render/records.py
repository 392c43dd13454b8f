"""Answers as JSON: the field names are a contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from search.cli.inert import inert_json
from search.content.dates import iso_utc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from search.content.article import Article, CuratedItem
    from search.index.opened import Index
    from search.related.suggest import Related, Suggestion
    from search.retrieval.search import Answer, Hit
    from search.times.period import Period


def iso(moment: datetime | None) -> str | None:
    """Return a moment in UTC by ISO 8601, with ``Z``."""
    return None if moment is None else iso_utc(moment)


def file_path(index: Index, article: Article) -> str | None:
    """Return the path that opens an article's file from here, or None for an embedded article."""
    from pathlib import Path

    if article.origin != "file":
        return None
    full = index.content_root / article.id
    here = Path.cwd()
    return str(full.relative_to(here)) if full.is_relative_to(here) else str(full)


def answer_record(index: Index, answer: Answer, took_ms: float, *, explain: bool = False) -> dict[str, Any]:
    """Return a query's answer as the JSON object of ``search query --format json``."""
    return {
        "query": answer.query.text,
        "corrected": {one.typed: one.meant for one in answer.corrected},
        "doubtful": {one.typed: one.meant for one in answer.doubtful},
        "also_searched": answer.others,
        "periods": [_period_record(one) for one in answer.times.periods],
        "unmet": [_period_record(one) for one in answer.times.unmet],
        "latest": answer.times.latest.words if answer.times.latest else None,
        "absent": answer.absent,
        "near": answer.near,
        "mode": answer.mode,
        "encoder": index.manifest.encoder.name,
        "took_ms": round(took_ms, 1),
        "total": len(answer.hits),
        "results": [hit_record(index, hit, explain=explain) for hit in answer.hits],
    }


def _period_record(period: Period) -> dict[str, Any]:
    return {"words": period.words, "since": iso(period.since), "until": iso(period.until)}


def hit_record(index: Index, hit: Hit, *, explain: bool = False) -> dict[str, Any]:
    """Return one result of a query, with what its score is the sum of where that is to be explained."""
    article = hit.article
    scores = {"dense": hit.dense, "lexical": hit.lexical, "feedback": hit.feedback, "max_sim": hit.max_sim}
    return {
        "rank": hit.rank,
        "id": article.id,
        "path": file_path(index, article),
        "origin": article.origin,
        "url": article.url or None,
        "title": article.title,
        "excerpt": article.excerpt,
        "published_at": iso(article.published_at),
        "published": article.published,
        "type": article.type,
        "provider": {"name": article.provider.name, "domain": article.provider.domain},
        "topics": list(article.topics),
        "quality": article.quality,
        "score": _rounded(hit.score),
        "scores": {name: _rounded(score) for name, score in scores.items() if score is not None},
        "story": {"id": hit.story[0], "size": hit.story[1]} if hit.story else None,
        "also": list(hit.also),
        **({"explain": _explanation(hit)} if explain else {}),
    }


def _explanation(hit: Hit) -> dict[str, Any]:
    """Return the parts of a score; what they add is its sum."""
    return {
        "parts": [
            {"name": one.name, "weight": one.weight, "value": _rounded(one.value), "adds": _rounded(one.adds)}
            for one in hit.parts
        ],
        "bm25": _rounded(hit.lexical),
        "bm25_at_most": _rounded(hit.ceiling) or None,
    }


def related_record(index: Index, related: Related) -> dict[str, Any]:
    """Return suggestions as the JSON object of ``search related --format json``."""
    article = related.article
    return {
        "article": {
            "id": article.id,
            "url": article.url or None,
            "title": article.title,
            "published_at": iso(article.published_at),
        },
        "curated": [
            {
                "rank": entry.rank,
                "id": entry.id or None,
                "url": entry.url or None,
                "title": entry.title,
                "named": entry.named,
            }
            for entry in related.curated
        ],
        "suggested": [suggestion_record(index, suggestion) for suggestion in related.suggested],
    }


def suggestion_record(index: Index, suggestion: Suggestion) -> dict[str, Any]:
    """Return one suggestion."""
    article = suggestion.article
    return {
        "rank": suggestion.rank,
        "id": article.id,
        "path": file_path(index, article),
        "origin": article.origin,
        "url": article.url or None,
        "title": article.title,
        "excerpt": article.excerpt,
        "published_at": iso(article.published_at),
        "published": article.published,
        "provider": {"name": article.provider.name, "domain": article.provider.domain},
        "topics": list(article.topics),
        "quality": article.quality,
        "score": _rounded(suggestion.score),
        "scores": {
            "dense": _rounded(suggestion.dense),
            "words": _rounded(suggestion.words),
            "kinship": _rounded(suggestion.kinship),
            "listed": _rounded(suggestion.listed),
        },
        "probability": _rounded(suggestion.probability),
        "kind": suggestion.kind,
        "reasons": list(suggestion.reasons),
        "also": list(suggestion.also),
    }


def article_record(article: Article, curated: Iterable[CuratedItem] = ()) -> dict[str, Any]:
    """Return everything the index knows of an article, its curated list among it; a copy in a list has none."""
    return {
        "id": article.id,
        "origin": article.origin,
        "title": article.title,
        "excerpt": article.excerpt,
        "url": article.url or None,
        "canonical_url": article.canonical_url or None,
        "alias_urls": list(article.alias_urls),
        "published_at": iso(article.published_at),
        "published": article.published,
        "removed": article.removed,
        "type": article.type,
        "category": article.category or None,
        "provider": {"name": article.provider.name, "domain": article.provider.domain},
        "topics": list(article.topics),
        "quality": article.quality,
        "curated": [
            {
                "position": item.position,
                "target": item.target,
                "title": item.title,
                "article": article_record(item.article) if item.article else None,
            }
            for item in curated
        ],
    }


def as_json(record: Any) -> str:
    """Return a record as indented JSON with a final newline."""
    return inert_json(record, indent=2) + "\n"


def as_array(records: Iterable[str]) -> Iterator[str]:
    """Yield the parts of a JSON array of records that are JSON already, as they come."""
    between = "[\n"
    for record in records:
        yield between + record.rstrip("\n")
        between = ",\n"
    yield "[]\n" if between == "[\n" else "\n]\n"


def as_json_lines(records: Iterable[Any]) -> str:
    """Return records as JSON Lines."""
    return "".join(inert_json(record) + "\n" for record in records)


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 6)
