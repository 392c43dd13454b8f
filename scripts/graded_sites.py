"""The sites whose articles were graded for the ranker that ships with the package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from search.evaluation.graded_pairs import read_graded_pairs
from search.index.build import build_index
from search.index.opened import open_index
from search.learning.examples import gather
from search.learning.fit import Graded

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent / "judgements"
DEVELOPMENT = FOLDER / "development.tsv"
# What the default encoder learns from, and articles of further written sites.
ENCODER = FOLDER / "encoder"
WIRE = "wire"
# Sites that were written for the project: their articles lie beside their grades.
WRITTEN = ("town", "magazine")
ENCODER_WRITTEN = tuple(sorted(path.stem for path in ENCODER.glob("*.jsonl")))
_DATE = "published_at"


def other_sites(wire: Path | None, scratch: Path) -> Iterator[tuple[str, Graded]]:
    """Yield the name and the graded pairs of each site but that of development.

    Args:
        wire: What ``scripts/wire_content`` wrote; None to leave that site out.
        scratch: An empty folder for content and indexes.
    """
    roots = {WIRE: wire} if wire else {}
    for name in WRITTEN:
        roots[name] = scratch / name
        write_site(FOLDER / f"{name}.jsonl", roots[name])
    for name, root in roots.items():
        folder = scratch / f"{name}.index"
        build_index(root, folder)
        with open_index(folder) as index:
            grades, _ = read_graded_pairs(index, FOLDER / f"{name}.tsv")
            yield name, Graded(gather(index, grades), grades)


def write_site(articles: Path, root: Path) -> None:
    """Write a site of Markdown files.

    Args:
        articles: JSON Lines, an article each with the fields of ``search export --articles``.
        root: Content root; made if needed.
    """
    for line in articles.read_text(encoding="utf-8").splitlines():
        fields = json.loads(line)
        path = root / fields.pop("id")
        path.parent.mkdir(parents=True, exist_ok=True)
        fields["publishedDateTime"] = fields.pop(_DATE, None)
        fields["webUrl"] = fields.pop("url", None)
        known = {name: value for name, value in fields.items() if value is not None}
        path.write_text(f"---\n{yaml.safe_dump(known, allow_unicode=True, sort_keys=False)}---\n", encoding="utf-8")
