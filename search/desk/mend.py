"""Faults of lists that have one right answer, mended; and where faults stand in their files."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from search.content.chosen import read_from
from search.content.dates import day_written, iso_own, says_day_alone
from search.content.edit import edit_items, edit_related, values_of
from search.content.faults import FrontMatterError
from search.content.frontmatter import read_front_matter
from search.content.item import Scalar, plain_value
from search.content.load import load_file
from search.desk.apply import Change, Refusal, refusal
from search.desk.days import written_in
from search.desk.drift import differing
from search.desk.files import resolved
from search.errors import SearchError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from search.content.article import Article, CuratedItem
    from search.content.settings import Settings
    from search.desk.days import Written
    from search.desk.faults import Finding
    from search.index.opened import Index

# A provider is a mapping, of which a copy may show a part: nothing that could be copied as it stands.
_FIELDS: Final = {
    "title": "title", "excerpt": "excerpt", "date": "publishedDateTime", "quality": "quality", "type": "type",
}  # fmt: skip


def with_lines(index: Index, settings: Settings, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings with the lines where they stand; consecutive ones of a file are looked up together."""
    for path, some in groupby(findings, key=lambda one: one.path):
        try:
            with resolved(index.content_root, path).open("rb") as stream:
                front = read_front_matter(stream)
        except (FrontMatterError, SearchError, OSError):
            front = None
        for one in some:
            if front is None:
                yield one
                continue
            found = settings.fields.find(front.values).get("related", ())
            place = next((entry.place for entry in found if isinstance(entry.value, list)), None)
            if place is None:
                yield replace(one, line=front.block.first_line)
            else:
                yield replace(one, line=front.line_of(*place, *([one.position - 1] if one.position else [])))


def mend(index: Index, settings: Settings, findings: Iterable[Finding]) -> Iterator[Change | Refusal]:
    """Yield the changes that mend what has one right answer.

    Items that stand twice or show the article itself go; of a drifted copy the values that differ are copied anew, and
    whatever else an editor wrote into it stays.
    """
    by_path: dict[str, dict[int, Finding]] = defaultdict(dict)
    for one in findings:
        known = by_path[one.path].get(one.position) if one.has_one_answer else None
        if one.has_one_answer and (known is None or known.rule == "drifted"):
            by_path[one.path][one.position] = one
    for path, faults in sorted(by_path.items()):
        if faults:
            try:
                yield _mended(index, settings, path, faults)
            except Exception as error:  # noqa: BLE001 - one odd file never keeps the others from being mended
                yield refusal(path, error)


def _mended(index: Index, settings: Settings, path: str, faults: Mapping[int, Finding]) -> Change:
    file = resolved(index.content_root, path)
    before = file.read_bytes()
    items = load_file(index.content_root, path, settings).curated
    if not index.is_unchanged(path):
        raise FrontMatterError(0, "the file was changed since it was indexed", "run: search index")
    anew = {position: one.original for position, one in faults.items() if one.rule == "drifted"}
    gone = faults.keys() - anew.keys()
    written = written_in(index, settings, path)
    copies = _copies(before, settings) if anew else ()
    values = {
        item.position - 1: _values_anew(index, settings, written, copies, item, anew[item.position])
        for item in items
        if item.position in anew
    }
    after = edit_items(before, values, settings) if values else before
    after = edit_related(after, [item.position - 1 for item in items if item.position not in gone], settings)
    added, removed = ([item.target for item in items if item.position in some] for some in (anew, gone))
    return Change(path, file, before, after, tuple(added), tuple(removed))


def _copies(holder: bytes, settings: Settings) -> Sequence[Any]:
    """Return the items of a file's list as values that remember how they were written."""
    lists = settings.fields.find(values_of(holder)).get("related", ())
    return next((found.value for found in lists if isinstance(found.value, list)), ())


def _values_anew(
    index: Index, settings: Settings, written_items: Written, copies: Sequence[Any], item: CuratedItem, original: str
) -> dict[str, Scalar]:
    """Return the values of a copy that differ from its article, by the key that the copy has for them; no other."""
    row = index.row_of_id(original)
    if row is None or item.article is None:
        raise FrontMatterError(0, f"item {item.position} is not what it was", "run: search index")
    article = index.articles([row])[row]
    values = values_of(resolved(index.content_root, original).read_bytes())
    theirs = settings.fields.find({key: plain_value(value) for key, value in values.items()})
    copy = copies[item.position - 1]
    ours = settings.fields.find(plain_value(copy))
    anew: dict[str, Scalar] = {}
    names = differing(index, settings, written_items, item, article)
    for field in (_FIELDS[name] for name in names if name in _FIELDS):
        read, written = read_from(theirs, field, settings), read_from(ours, field, settings)
        if written is None or len(written.place) > 1:
            raise FrontMatterError(0, f"item {item.position} says its {field} in an unusual way", "correct it by hand")
        place = read.place if read is not None and len(read.place) == 1 else None
        value, key = _value_of(values, place, field, article), written.place[0]
        if field == "publishedDateTime" and says_day_alone(written.value):
            value = Scalar(day_written(value.value).isoformat(), copy[key].text)
        anew[key] = value
    return anew


def _value_of(values: Mapping[str, Any], place: tuple[str, ...] | None, field: str, article: Article) -> Scalar:
    value = values[place[0]] if place else None
    if isinstance(value, Scalar):
        return value
    if field == "quality":
        return Scalar(str(article.quality), text=False)
    if field != "publishedDateTime":
        return Scalar({"title": article.title, "excerpt": article.excerpt, "type": article.type}[field], text=True)
    if article.published_at is None:
        raise FrontMatterError(0, f"{article.id} has no date to copy", "correct the item by hand")
    return Scalar(iso_own(article.published_at), text=True)
