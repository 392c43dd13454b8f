"""An index in figures, for people."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from search.cli.render.cells import cut
from search.cli.render.counts import counted
from search.cli.render.style import Style
from search.encoders.locate import BASE_MODEL, DEFAULT_MODEL

if TYPE_CHECKING:
    from search.encoders.base import EncoderInfo
    from search.index.summary import Summary

_TOP = 10
_LONGEST = 60
_LISTED_BY = {"not-article": "--not-articles", "problem": "--problems"}
_UNITS = ("minute", 60), ("hour", 3600), ("day", 86400)


def status_text(summary: Summary) -> str:
    """Return a summary as aligned lines."""
    style = Style.of(sys.stdout)
    fatal = len({problem.path for problem in summary.problems if problem.fatal})
    others = sum(not problem.fatal for problem in summary.problems)
    rows = [
        ("index", f"{summary.index}, {summary.bytes / 1e6:,.1f} MB, made {_age(summary.created_at)} ago"),
        ("content", summary.content_root),
        ("articles", f"{sum(summary.articles.values()):,}: {_counts(summary.articles)}"),
        ("types", _top(summary.types, len(summary.types))),
        ("files", _files(summary.files)),
        ("dates", f"{summary.first} to {summary.last}" if summary.first else "none"),
        ("curated", f"{summary.curated:,} items in {summary.with_curated:,} lists"),
        ("flags", f"{summary.unpublished:,} unpublished, {summary.removed:,} removed"),
        ("topics", _top(summary.topics, summary.distinct["topics"])),
        ("categories", _top(summary.categories, summary.distinct["categories"])),
        ("providers", _top(summary.providers, summary.distinct["providers"])),
        ("encoder", _encoder(summary.encoder)),
        ("problems", _problems(fatal, others) if summary.problems else "none"),
    ]
    return "".join(f"{style.heading(f'{name:>10}')}  {value}\n" for name, value in rows)


def _encoder(encoder: EncoderInfo) -> str:
    told = f"{encoder.name} ({encoder.backend}), {encoder.dim} dimensions, {encoder.fingerprint[:12]}"
    if encoder.name == BASE_MODEL:
        told += f"; the default is now {DEFAULT_MODEL} (search index --encoder {DEFAULT_MODEL.rpartition('/')[2]})"
    return told


def _problems(fatal: int, others: int) -> str:
    return f"{counted(fatal, 'file')} not read, {counted(others, 'warning')} (--problems lists them)"


def _files(counts: dict[str, int]) -> str:
    """Return outcomes with their numbers of files, and what lists them."""
    listed = {outcome: f" ({_LISTED_BY[outcome]} lists them)" for outcome in _LISTED_BY if counts.get(outcome)}
    return ", ".join(f"{outcome} {count:,}{listed.get(outcome, '')}" for outcome, count in counts.items())


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())


def _top(counts: dict[str, int], distinct: int) -> str:
    """Return the most frequent names with their numbers, and how many others there are."""
    shown = {cut(name, _LONGEST): count for name, count in list(counts.items())[:_TOP]}
    more = f", … and {distinct - len(shown):,} more" if distinct > len(shown) else ""
    return _counts(shown) + more or "none"


def _age(created_at: str) -> str:
    seconds = max(0.0, (datetime.now(UTC) - datetime.fromisoformat(created_at)).total_seconds())
    name, size = next((unit for unit in reversed(_UNITS) if seconds >= unit[1]), _UNITS[0])
    count = int(seconds // size)
    return counted(count, name)
