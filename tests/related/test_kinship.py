"""What shared topics say: more where those that have one tell one story."""

from __future__ import annotations

import pytest

from search.index.build import build_index
from search.index.opened import open_index
from search.related.kinship import kinship
from search.related.profile import profile_of
from search.related.subject import find_subject

FERRY = {
    "ferry-1.md": (
        "Night ferry strikes the harbour wall",
        "Thirty passengers were hurt when the ferry struck the wall.",
    ),
    "ferry-2.md": ("Why the ferry struck the harbour wall", "The mate of the ferry had not slept, inspectors find."),
    "ferry-3.md": (
        "Ferry captain charged over the harbour wall",
        "Passengers of the night ferry were hurt in January.",
    ),
}
PLACE = {
    "bakery.md": ("Rye bread wins a prize", "Three judges tasted forty loaves."),
    "sponge.md": ("A sponge four thousand years old", "Divers found it below the shelf."),
    "tax.md": ("Council puts off its tax vote", "Members want figures first."),
}


@pytest.fixture
def town(site, tmp_path):
    """An index of thirty articles: three of one running story, three of one place, the rest without topics."""
    for month, (name, (title, excerpt)) in enumerate({**FERRY, **PLACE}.items(), start=1):
        topic = "Night ferry" if name in FERRY else "Gull Bay"
        site.article(name, title, excerpt, topics=[topic], publishedDateTime=f"2024-{month:02}-10T08:00:00Z")
    for number in range(24):
        subject = ["Rain", "Chess", "Goats", "Trams", "Bees", "Opera"][number % 6]
        site.article(f"{number}.md", f"{subject} of week {number}", publishedDateTime="2023-05-01T08:00:00Z")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        yield index


def kin(index, article_id):
    """Return what others share of the topics of an article, by id."""
    subject = find_subject(index, article_id)
    shared = kinship(index, profile_of(index, subject, None).topics)
    ids = index.ids(index.columns.rows.tolist())
    return {ids[row]: value for row, value in zip(index.columns.rows.tolist(), shared, strict=True) if value}


def test_a_topic_of_one_running_story_counts_more_than_that_of_a_place(town):
    story, place = kin(town, "ferry-1.md"), kin(town, "bakery.md")
    assert story.keys() == FERRY.keys()
    assert place.keys() == PLACE.keys()
    assert min(story.values()) > 1.5 * max(place.values())
    assert max(story.values()) <= 1


def test_what_one_telling_of_an_event_has_counts_for_the_others(site, tmp_path):
    day = "2024-05-02T{}:00:00Z"
    text = ("Night ferry strikes the harbour wall", "Thirty passengers were hurt when the ferry struck the wall.")
    site.article("ours.md", *text, publishedDateTime=day.format("08"), provider={"name": "Gazette"})
    site.article(
        "theirs.md", *text, topics=["Gull Line"], publishedDateTime=day.format("09"), provider={"name": "Wire"}
    )
    site.article(
        "later.md", "Gull Line loses its licence", topics=["Gull Line"], publishedDateTime="2024-08-02T08:00:00Z"
    )
    for number in range(24):
        subject = ["Rain", "Chess", "Goats", "Trams", "Bees", "Opera"][number % 6]
        site.article(f"{number}.md", f"{subject} of week {number}", publishedDateTime="2023-05-01T08:00:00Z")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        assert kin(index, "ours.md") == kin(index, "theirs.md")
        assert "later.md" in kin(index, "ours.md")


def test_tellings_of_one_event_make_no_topic_a_running_story(site, tmp_path):
    for hour in range(4):
        site.article(
            f"ferry-{hour}.md",
            *FERRY["ferry-1.md"],
            topics=["Gull Bay"],
            publishedDateTime=f"2024-05-02T0{hour}:00:00Z",
            provider={"name": f"Outlet {hour}"},
        )
    for name, (title, excerpt) in PLACE.items():
        site.article(name, title, excerpt, topics=["Gull Bay"], publishedDateTime="2024-08-02T08:00:00Z")
    for number in range(24):
        site.article(f"{number}.md", f"Goats of week {number}", publishedDateTime="2023-05-01T08:00:00Z")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        (once,) = {value for name, value in kin(index, "bakery.md").items() if name in PLACE}
        assert once < 0.3
