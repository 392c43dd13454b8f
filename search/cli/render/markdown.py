"""Answers as Markdown: lists fit for a note or a pull-request comment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from search.cli.render.text import curated_name, human_date, shortened

if TYPE_CHECKING:
    from search.content.article import Article
    from search.related.suggest import Related
    from search.retrieval.search import Answer

# CommonMark lets any ASCII punctuation be escaped by a backslash.
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]()<>#+!|~&$@^-])")
_UNSAFE_IN_LINK = re.compile(r"[\s<>()\\]")


def answer_markdown(answer: Answer) -> str:
    """Return a query's answer as a numbered list."""
    lines = [f"## {escape(answer.query.text) or 'Newest'}", ""]
    lines += [f"{hit.rank}. {_entry(hit.article)}" for hit in answer.hits]
    return "\n".join(lines) + "\n"


def related_markdown(related: Related) -> str:
    """Return the curated list and the suggestions of an article."""
    lines = [f"## {link(shortened(related.article.title), related.article.url)}", "", "**Curated**", ""]
    lines += [f"{entry.rank}. {link(curated_name(entry), entry.url)}" for entry in related.curated] or ["none"]
    lines += ["", "**Suggested**", ""]
    lines += [
        f"{suggestion.rank}. {_entry(suggestion.article)}: *{suggestion.kind}*; {escape('; '.join(suggestion.reasons))}"
        for suggestion in related.suggested
    ] or ["nothing that fits"]
    return "\n".join(lines) + "\n"


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
