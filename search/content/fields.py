"""The field map: which keys of the front matter stand for which of our fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

# Our names first, then those of Jekyll, Hugo, Eleventy, Astro, Zola, and exports of Ghost and WordPress.
# Names are compared without regard to case; a dot steps into a mapping.
DEFAULT_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("title", "headline", "post_title", "params.title", "extra.title"),
    "excerpt": (
        "excerpt", "description", "summary", "subtitle", "dek", "deck", "standfirst", "abstract", "lead",
        "custom_excerpt", "meta_description", "post_excerpt", "og_description", "params.excerpt", "params.summary",
        "params.description", "extra.excerpt", "extra.summary", "extra.description", "seo.description",
    ),
    "publishedDateTime": (
        "publishedDateTime", "date", "pubDate", "pubDatetime", "published_at", "publishedAt", "publishDate",
        "publish_date", "datePublished", "date_published", "publishedDate", "published_date", "published_on",
        "publishedOn", "published_time", "post_date_gmt", "post_date", "created_at", "created", "date_created",
    ),
    "webUrl": (
        "webUrl", "originalUrl", "canonical_url", "canonicalUrl", "canonicalURL", "canonical", "external_url",
        "externalUrl", "permalink", "url", "link", "params.canonicalUrl", "extra.canonical_url", "seo.canonical",
    ),
    "aliasUrls": ("ampWebUrl", "cdnAmpWebUrl", "originalUrl", "webUrl", "canonical_url", "canonicalUrl"),
    "topics": (
        "topics", "tags", "categories", "keywords", "tag", "taxonomies.tags", "taxonomies.categories", "params.tags",
    ),
    "category": ("category", "section", "primary_tag", "categories", "taxonomies.categories"),
    "type": ("type", "contentType", "content_type"),
    "published": ("published", "status", "post_status"),
    "draft": ("draft", "isDraft", "is_draft"),
    "provider": ("provider", "publisher", "source", "source_name", "site_name"),
    "related": (
        "related", "relatedPosts", "related_posts", "related-posts", "relatedArticles", "related_articles", "see_also",
        "seeAlso", "extra.related", "params.related",
    ),
    "quality": ("quality",),
    "removed": ("removed", "deleted", "is_removed"),
}  # fmt: skip


class Found(NamedTuple):
    """A value of the front matter: where it stands, and what it is."""

    place: tuple[str, ...]
    value: Any


Fields = dict[str, list[Found]]
"""What stands for each of our fields, best first."""


class FieldMap:
    """Finds our fields in the front matter of any generator.

    Args:
        overrides: Field name → keys to look for, best first; they take the place of the defaults of that field.
    """

    __slots__ = ("_by_key", "names")

    def __init__(self, overrides: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self.names: dict[str, tuple[str, ...]] = {**DEFAULT_FIELDS, **(overrides or {})}
        self._by_key: dict[str, tuple[tuple[str, int, tuple[str, ...]], ...]] = {}
        for field, candidates in self.names.items():
            for rank, candidate in enumerate(candidates):
                head, *rest = candidate.casefold().split(".")
                self._by_key[head] = (*self._by_key.get(head, ()), (field, rank, tuple(rest)))
                if rest:  # a key that holds the dot itself
                    whole = candidate.casefold()
                    self._by_key[whole] = (*self._by_key.get(whole, ()), (field, rank, ()))

    def find(self, values: Mapping[str, Any]) -> Fields:
        """Return what stands for each field, best first; empty values and fields without a value are left out.

        Args:
            values: The front matter, or an item of a ``related`` list.
        """
        ranked: dict[str, list[tuple[int, Found]]] = {}
        result: dict[str, list[Found]] = {}
        for key, value in values.items():
            if value is None or value in ("", []):
                continue
            for field, rank, rest in self._by_key.get(key) or self._known(key):
                found = Found((key,), value) if not rest else _inside(key, value, rest)
                if found is None:
                    continue
                ranked.setdefault(field, []).append((rank, found))
        for field, several in ranked.items():
            if len(several) > 1:
                several.sort(key=_rank)
            result[field] = [found for _, found in several]
        return result

    def _known(self, key: str) -> tuple[tuple[str, int, tuple[str, ...]], ...]:
        """Look a key up without regard to case."""
        return self._by_key.get(key.casefold(), ())

    def __repr__(self) -> str:
        return f"FieldMap({ {name: keys for name, keys in self.names.items() if keys != DEFAULT_FIELDS.get(name)} })"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FieldMap) and self.names == other.names

    def __hash__(self) -> int:
        return hash(tuple(self.names.items()))


def _rank(entry: tuple[int, Found]) -> int:
    return entry[0]


def _inside(key: str, value: Any, rest: tuple[str, ...]) -> Found | None:
    place = [key]
    for name in rest:
        if not isinstance(value, dict):
            return None
        found = next((k for k in value if isinstance(k, str) and k.casefold() == name), None)
        if found is None:
            return None
        place.append(found)
        value = value[found]
    return None if value is None or value in ("", []) else Found(tuple(place), value)
