"""A small invented site, written to disk for a test."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import yaml


@dataclass
class Site:
    """A content root that tests write articles into."""

    root: Path
    _count: int = field(default=0)

    def write(self, path: str, text: str | bytes) -> Path:
        """Write a file as it stands."""
        full = self.root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(text.encode() if isinstance(text, str) else text)
        return full

    def article(self, path: str, title: str, excerpt: str = "", **fields: object) -> Path:
        """Write an article with the fields given, and sensible ones beside them."""
        self._count += 1
        record: dict[str, object] = {
            "title": title,
            "excerpt": excerpt,
            "publishedDateTime": f"2025-03-{1 + self._count % 28:02d}T08:00:00Z",
            "webUrl": f"https://harbourpost.example/{Path(path).stem}",
            "type": "article",
            "category": "news",
            "quality": 60,
            "provider": {"name": "Harbour Post", "domain": "harbourpost.example"},
            "topics": ["City"],
        } | fields
        record = {name: value for name, value in record.items() if value is not None}
        return self.write(path, f"---\n{yaml.safe_dump(record, sort_keys=False, allow_unicode=True)}---\n")


def item(title: str, url: str, excerpt: str = "", **fields: object) -> dict[str, object]:
    """Return an item of a ``related`` list."""
    return {
        "title": title,
        "excerpt": excerpt,
        "publishedDateTime": "2025-03-09T08:00:00Z",
        "webUrl": url,
        "type": "article",
        "provider": {"name": "Quay Courier", "domain": "quaycourier.example"},
        "quality": 50,
    } | fields
