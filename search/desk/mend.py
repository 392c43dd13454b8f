"""Faults of lists that have one right answer, mended; and where faults stand in their files."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from search.content.edit import edit_related
from search.content.faults import FrontMatterError
from search.content.frontmatter import read_front_matter
from search.content.load import load_file
from search.desk.apply import Change, Refusal, new_item, refusal
from search.desk.audit import MENDED
from search.desk.files import resolved
from search.errors import SearchError
from search.related.candidates import curated_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from search.content.edit import NewItem
    from search.content.settings import Settings
    from search.desk.audit import Finding
    from search.index.opened import Index


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
    """Yield the changes that mend what has one right answer: repeated items go, drifted copies are made anew."""
    by_path: dict[str, dict[int, str]] = defaultdict(dict)
    for one in findings:
        if one.rule in MENDED and by_path[one.path].get(one.position) not in {"itself", "repeated"}:
            by_path[one.path][one.position] = one.rule
    for path, rules in sorted(by_path.items()):
        try:
            yield _mended(index, settings, path, rules)
        except (FrontMatterError, SearchError, OSError) as error:
            yield refusal(path, error)


def _mended(index: Index, settings: Settings, path: str, rules: dict[int, str]) -> Change:
    file = resolved(index.content_root, path)
    before = file.read_bytes()
    items = load_file(index.content_root, path, settings).curated
    if not index.is_unchanged(path):
        raise FrontMatterError(0, "the file was changed since it was indexed", "run: search index")
    rows = curated_rows(index, items)
    ids = index.ids(row for some in rows for row in some)
    wanted: list[int | NewItem] = []
    for place, (item, some) in enumerate(zip(items, rows, strict=True)):
        rule = rules.get(item.position)
        if rule == "drifted" and some:
            wanted.append(new_item(index, settings, ids[some[0]]))
        elif rule is None or rule == "drifted":
            wanted.append(place)
    after = edit_related(before, wanted, settings)
    gone = tuple(items[position - 1].target for position, rule in rules.items() if rule != "drifted")
    anew = tuple(items[position - 1].target for position, rule in rules.items() if rule == "drifted")
    return Change(path, file, before, after, anew, gone)
