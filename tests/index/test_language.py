"""Acronyms and words learnt from the articles."""

from __future__ import annotations

import pytest

from search.index.build import build_index
from search.index.encoder import encoder_of
from search.index.language import find_acronyms
from search.index.opened import open_index
from search.retrieval.wording import wording


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("The Harbour Safety Board (HSB) met.", [("hsb", "harbour safety board")]),
        ("Virtual machines (VMs)", [("vms", "virtual machines")]),
        ("of the Internet of Things (IoT) and", [("iot", "internet of things")]),
        ("Role-Based Access Control (RBAC)", [("rbac", "role based access control")]),
        ("The board (UPDATED) met; see (HSB).", []),
        ("Rain (Monday) and (MIT) alone", []),
        ("", []),
    ],
)
def test_what_is_explained_in_brackets(text, pairs):
    assert list(find_acronyms(text)) == pairs


def test_an_acronym_finds_its_long_form_and_back(site, tmp_path):
    site.article("one.md", "Harbour Safety Board (HSB) meets", "It met.")
    site.article("two.md", "The Harbour Safety Board (HSB) reports", "On fog.")
    site.article("three.md", "Harbour safety board names a chair", "She starts in May.")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        encoder = encoder_of(index)
        assert wording(index, "what did the HSB say", encoder, as_typed=False).others == ["harbour safety board"]
        assert wording(index, "harbour safety board", encoder, as_typed=False).others == ["hsb"]
        assert wording(index, "HSB", encoder, as_typed=True).others == []
        assert wording(index, "harbour safty board", encoder, as_typed=False).text == "harbour safety board"
        words = dict(index.connection.execute("SELECT word, articles FROM vocabulary"))
        assert (words["board"], words["chair"]) == (3, 1)
