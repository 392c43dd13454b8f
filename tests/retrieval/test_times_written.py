"""Times that articles write, asked for."""

from __future__ import annotations

import pytest

from search.index.build import build_index
from search.index.encoder import encoder_of
from search.index.opened import open_index
from search.retrieval.query import parse_query
from search.retrieval.wording import wording
from tests.retrieval.asking import NOW, asked_of, ids, told_of


@pytest.fixture
def written(site, tmp_path):
    """Return what indexes an archive of 2024 that ends with an article which writes a time."""

    def index_of(title, excerpt=""):
        site.article("of-may.md", "A licence for boats", publishedDateTime="2024-05-03T08:00:00Z")
        site.article("writes.md", title, excerpt, publishedDateTime="2024-02-01T08:00:00Z")
        build_index(site.root, tmp_path / "index")
        return open_index(tmp_path / "index")

    return index_of


def time_of(answer, article_id):
    """Return how much an article counted as of the time that is named; None where none was read."""
    (hit,) = (hit for hit in answer.hits if hit.article.id == article_id)
    return next((round(part.value, 2) for part in hit.parts if part.name == "time"), None)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("licence ends 30 june 2025", "The licence ends on June 30th, 2025"),
        ("licence ends 1 june 2025", "The licence ends on the 1st of June 2025"),
        ("licence ends 22 june 2026", "The licence ends on 22nd June 2026"),
        ("licence ends 5 june 2026", "The licence ends on 05 JUNE 2026"),
        ("licence ends 2026-06-05", "The licence ends on 2026-06-05"),
        ("licence ends on 30 april", "The licence ends on 30 April"),
        ("licence ends on 30 april", "The licence ends on April 30, 2024, not before"),
        ("licence ends on may 3", "The licence ends on May 3."),
        ("licence ends june 2025", "The licence ends in Jun. 2025"),
        ("licence ends june 2030", "The licence ends in June, 2030"),
        ("licence ends Q2 2025", "The licence ends in Q2 2025"),
        ("licence ends q3 2025", "The licence ends in 2025-Q3"),
        ("licence ends second quarter of 2025", "A licence of the second-quarter 2025"),
        ("licence ends Q4 2025", "The licence ends in the fourth quarter of fiscal 2025"),
        ("licence ends in 2030", "The licence ends in 2030"),
    ],
)
def test_what_writes_a_day_or_a_month_is_of_it_whenever_it_came_out(written, typed, text):
    for title, excerpt in ((text, ""), ("A licence", f"So it is. {text}")):
        with written(title, excerpt) as index:
            answer = asked_of(index, typed)
            assert (time_of(answer, "writes.md"), ids(answer)[0], answer.times.unmet) == (1.0, "writes.md", [])
            (told,) = told_of(answer)
            assert told.startswith("what is of that time or writes it counts more: ")
            assert ("since:" in told) == bool(answer.times.published), "a filter that finds nothing helps nobody"


@pytest.mark.parametrize(
    ("typed", "title", "excerpt"),
    [
        ("licence ends may 2024", "The licence ends in May", "2024 was dry."),  # over two texts
        ("licence ends on may 3", "The licence ends on 3 May 2019", ""),
        ("licence ends on may 3", "The licence costs May 3 million", ""),
        ("licence ends on may 3", "Of May 3,000 licences end", ""),
        ("licence ends on may 3", "What licence 3 may end", ""),
        ("licence ends may 2024", "The licence ends in 2024", ""),
        ("licence ends march 2024", "The marches 2024: a licence ends", ""),
        ("licence ends in 2024", "The licence ends in 2024", ""),
        ("licence ends Q2 2024", "The licence ends in Q2", "2024 was dry."),
        ("licence ends Q2 2024", "The licence ends in Q1 2024", ""),
        ("licence ends in early Q2 2024", "The licence ends in Q2 2024", ""),
        ("licence ends from Q2 2024 to Q3 2024", "The licence ends in Q2 2024", ""),
    ],
)
def test_what_writes_no_such_time_is_of_its_own(written, typed, title, excerpt):
    with written(title, excerpt) as index:
        answer = asked_of(index, typed)
        assert [hit.writes for hit in answer.hits] == [(), ()]
        assert not any("writes it" in told for told in told_of(answer))


def test_what_a_great_many_write_tells_nothing(site, tmp_path):
    for number in range(402):
        day = "2024-02-01" if number else "2024-03-01"
        site.article(f"{number}.md", f"Licence {number} ends in June 2025", publishedDateTime=f"{day}T08:00:00Z")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        answer = asked_of(index, "licence june 2025", k=3)
        assert (answer.times.periods, answer.times.unmet) == ([], [])
        assert "2025" in wording(index, parse_query("licence june 2025", NOW), None, NOW, as_typed=False).words
        few = asked_of(index, "licence june 2025 since:2024-03", k=3)
        assert [hit.writes for hit in few.hits] == [tuple(few.times.periods)] != [()]


def test_who_asks_for_a_time_alone_gets_what_writes_it_too(written):
    with written("The licence ends on 3 May 2024") as index:
        answer = asked_of(index, "news of 3 may 2024")
        assert (answer.times.alone, ids(answer)) == (True, ["of-may.md", "writes.md"])
        (told,) = told_of(answer)
        assert told.startswith("what is of that time or writes it, newest first: ")
        assert told.endswith(" for what was published then)")
        assert asked_of(index, "news of 3 may 2024 since:2024-03").hits[0].article.id == "of-may.md"


def test_what_writes_a_time_that_nothing_found_is_of_is_no_reason_for_a_filter(written):
    with written("The licence ends in 2030") as index:
        boats = "boats of the harbour in 2030"  # the other article has boats
        assert told_of(asked_of(index, boats, k=1)) == ["none of these is of that time or writes it: in 2030"]
        assert told_of(asked_of(index, boats)) == ["what is of that time or writes it counts more: in 2030"]
        assert ids(asked_of(index, "news of 2024"))[0] == "of-may.md"


@pytest.mark.parametrize("typed", ["2024-05", "5/2024", "3/5/24", "3.5.2024"])
def test_digits_with_marks_between_them_ask_for_a_time_alone(written, typed):
    with written("A licence of 2024-05 and 3/5/24") as index:
        assert asked_of(index, typed).times.alone


def test_a_year_of_two_digits_is_a_year(written):
    with written("The licence ends on 30 June 2021") as index:
        assert time_of(asked_of(index, "licence ends 30 june '21"), "writes.md") == 1
        assert asked_of(index, "licence ends 30 june '20").times.periods == []


def test_the_words_of_a_day_by_itself_are_searched_for_too(written):
    with written("What the 3 May movement wants") as index:
        asked = wording(index, parse_query("3 May movement", NOW), encoder_of(index), NOW, as_typed=False)
        assert ([one.bare for one in asked.times.periods], asked.words) == ([True], ["movement"])
        assert asked.others == ["3 may"]
        assert ids(asked_of(index, "3 May movement"))[0] == "writes.md"
        assert asked_of(index, "4 August movement").times.unmet == []
        assert not asked_of(index, "3 May").times.alone
        assert len(asked_of(index, "boats 3 May").hits) == len(asked_of(index, "boats on 3 May").hits) == 2
        (told,) = told_of(asked_of(index, "3 May movement"))
        assert "3 May (since:2024-05-03" in told
        assert told_of(asked_of(index, "boats 2 May licence until:2024-02-10")) == []
