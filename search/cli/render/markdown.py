"""Answers as Markdown: lists fit for a note or a pull-request comment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from search.cli.render.text import NAMED_OF_STORY, also_told, curated_name, human_date, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from search.content.article import Article
    from search.index.standing import Standing
    from search.related.suggest import Related
    from search.retrieval.search import Answer

# CommonMark lets any ASCII punctuation be escaped by a backslash. A colon and a dot matter where GitHub makes links of
# bare addresses, and a dot after the number that would begin a list.
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]()<>#+!|~&$@^-]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
_NUMBERED = re.compile(r"^(\d+)\.")
# Mentions, issues and addresses of mail are looked for in what is shown, where a backslash is gone: a comment is not.
_CALLS = re.compile(r"\\[@#](?=\S)")
_APART: Final = "<!-- -->"
# GitHub takes 65,536 characters.
LONGEST_COMMENT: Final = 60_000
_FOOT: Final = 200
_UNSAFE_IN_LINK = re.compile(r"[\s<>()\\`]")
_LIKE_AN_ENTITY = re.compile(r"&(?=#?\w+;)")


def answer_markdown(answer: Answer, standing: Standing) -> str:
    """Return a query's answer as a numbered list."""
    lines = [f"## {escape(answer.query.text) or 'Newest'}", ""]
    lines += [
        f"{hit.rank}. {_entry(hit.article, standing(hit.article))}{_also(hit.also, NAMED_OF_STORY)}"
        for hit in answer.hits
    ]
    return "\n".join(lines) + "\n"


def related_markdown(related: Related, standing: Standing) -> str:
    """Return the curated list of an article, folded, and its suggestions.

    A file is named by its place in the content: where that is on this machine concerns no reader of a comment.
    """
    article = related.article
    lines = [f"## {link(shortened(article.title), article.url)}", ""]
    told = [escape(article.id) if article.origin == "file" else "", standing(article)]
    lines += [", ".join(filter(None, told)), ""] if any(told) else []
    if related.curated:
        lines += ["<details>", f"<summary>Curated: {len(related.curated)}</summary>", ""]
        marks = (standing(entry.article) if entry.article else "" for entry in related.curated)
        lines += [
            f"{entry.rank}. {link(curated_name(entry), entry.url)}{f' ({mark})' if mark else ''}"
            for entry, mark in zip(related.curated, marks, strict=True)
        ]
        lines += ["", "</details>"]
    else:
        lines += ["**Curated:** none"]
    lines += ["", "**Suggested**", ""]
    lines += [
        f"{number}. {_entry(one.article, standing(one.article))}: "
        f"{one.probability:.0%}, *{one.kind}*; {escape('; '.join(one.reasons))}{_also(one.also)}"
        for number, one in enumerate(related.suggested, 1)
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
    escaped = _PUNCTUATION.sub(r"\\\1", text)
    return _CALLS.sub(rf"\g<0>{_APART}", _NUMBERED.sub(r"\1\\.", escaped))


def link(text: str, url: str) -> str:
    """Return a Markdown link, or the text alone when the address is not http(s)."""
    if not url.startswith(("http://", "https://")):
        return escape(text)
    target = _UNSAFE_IN_LINK.sub(lambda match: f"%{ord(match[0]):02X}", url)
    return f"[{escape(text)}]({_LIKE_AN_ENTITY.sub('&amp;', target)})"


def _also(ids: tuple[str, ...], named: int | None = None) -> str:
    return f"; {also_told([link(one, one) for one in ids], named=named)}" if ids else ""


def _entry(article: Article, standing: str) -> str:
    provider = escape(article.provider.name or article.provider.domain)
    byline = ", ".join(filter(None, [provider, human_date(article.published_at), standing]))
    return f"{link(shortened(article.title), article.url)} ({byline})"
