"""Answers as Markdown: lists fit for a note or a pull-request comment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from search.cli.render.text import curated_name, human_date, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from search.content.article import Article
    from search.related.suggest import Related
    from search.retrieval.search import Answer

# CommonMark lets any ASCII punctuation be escaped by a backslash.
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]()<>#+!|~&$@^-])")
# GitHub takes 65,536 characters.
LONGEST_COMMENT: Final = 60_000
_FOOT: Final = 200
_UNSAFE_IN_LINK = re.compile(r"[\s<>()\\]")


def answer_markdown(answer: Answer) -> str:
    """Return a query's answer as a numbered list."""
    lines = [f"## {escape(answer.query.text) or 'Newest'}", ""]
    lines += [f"{hit.rank}. {_entry(hit.article)}" for hit in answer.hits]
    return "\n".join(lines) + "\n"


def related_markdown(related: Related, path: str) -> str:
    """Return the curated list of an article, folded, and its suggestions.

    Args:
        related: The answer.
        path: Of the article's file, from here; ``""`` when it has none.
    """
    lines = [f"## {link(shortened(related.article.title), related.article.url)}", ""]
    lines += [escape(path), ""] if path else []
    if related.curated:
        lines += ["<details>", f"<summary>Curated: {len(related.curated)}</summary>", ""]
        lines += [f"{entry.rank}. {link(curated_name(entry), entry.url)}" for entry in related.curated]
        lines += ["", "</details>"]
    else:
        lines += ["**Curated:** none"]
    lines += ["", "**Suggested**", ""]
    lines += [
        f"{one.rank}. {_entry(one.article)}: {one.probability:.0%}, *{one.kind}*; {escape('; '.join(one.reasons))}"
        for one in related.suggested
    ] or ["nothing that fits"]
    return "\n".join(lines) + "\n"


def within_a_comment(texts: Iterable[str]) -> Iterator[str]:
    """Yield those of some texts that a comment can hold together, parted by blank lines, and say what it cannot."""
    length = left = 0
    for text in texts:
        parted = f"\n{text}" if length else text
        if length + len(parted) <= LONGEST_COMMENT - _FOOT:
            length += len(parted)
            yield parted
        else:
            left += 1
    if left:
        articles = f"{left:,} more article{'s are' if left > 1 else ' is'}"
        yield f"\n*{articles} left out: a comment holds no more. See all of them with* `--html FILE`*.*\n"


def escape(text: str) -> str:
    """Return text that Markdown shows as it stands."""
    return _PUNCTUATION.sub(r"\\\1", text)


def link(text: str, url: str) -> str:
    """Return a Markdown link, or the text alone when the address is not http(s)."""
    if not url.startswith(("http://", "https://")):
        return escape(text)
    target = _UNSAFE_IN_LINK.sub(lambda match: f"%{ord(match[0]):02X}", url)
    return f"[{escape(text)}]({target})"


def _entry(article: Article) -> str:
    provider = escape(article.provider.name or article.provider.domain)
    byline = ", ".join(filter(None, [provider, human_date(article.published_at)]))
    return f"{link(shortened(article.title), article.url)} ({byline})"
