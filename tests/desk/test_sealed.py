"""Nothing of a sealed field is shown, and everything else is."""

from __future__ import annotations

import pytest

from search.desk.sealed import without_sealed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a: 1\nsecured: S\nb: 2", "a: 1\nsecured: …\nb: 2"),
        ("secured: |\n  S\n\n  S\nb: 2", "secured: …\nb: 2"),
        ("secured:\n- S\n- S\nb: 2", "secured: …\nb: 2"),
        ('related:\n  - "secured": "S"\n    title: T', 'related:\n  - "secured": …\n    title: T'),
        (
            "related:\n  - title: T\n    secured: >-\n      S\n    url: U",
            "related:\n  - title: T\n    secured: …\n    url: U",
        ),
        ("a: 1\nsecured: S\n", "a: 1\nsecured: …\n"),
        ("- {title: A, secured: S, url: U}", "- {title: A, secured: …, url: U}"),
        ('- {secured: "S, S}", url: U}', "- {secured: …, url: U}"),
        ("title: the secured: a novel", "title: the secured: a novel"),
    ],
    ids=["plain", "block", "same-indent-list", "item", "folded", "at-the-end", "flow", "flow-quoted", "no-key"],
)
def test_sealed_values_are_hidden(text, shown):
    assert without_sealed(text) == shown
