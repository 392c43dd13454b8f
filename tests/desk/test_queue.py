"""The queues: who needs an editor by the audit's own rules, kept up while lists are saved."""

from __future__ import annotations

import pytest

from search.desk.audit import audit
from search.desk.decisions import Decision, now_text
from search.desk.decisions_file import read_decisions, write_decisions
from search.desk.faults import SHOWN
from search.desk.page.queue import Queues, queues_of
from search.desk.page.session import Session
from search.desk.page.viewing import digest
from search.desk.place import desk_of
from search.index.build import build_index
from search.index.filters import Filters
from search.index.opened import open_index
from search.index.progress import Silent
from search.related.options import Options
from search.related.ranker import ranker_for
from tests.site import item

HEAT = "https://harbourpost.example/heat-pumps"


@pytest.fixture
def worked(harbour, tmp_path):
    """The index of a harbour with lists of every kind."""
    titles = ["Tram line opens at last", "Bakery wins a prize for rye", "School roof mended in a day"]
    plain = [item(title, f"https://o.example/{place}") for place, title in enumerate(titles)]
    faces = item("Police to scan faces", "https://harbourpost.example/face-cameras")
    wire = item("Police to scan faces", "https://harbourpost.example/face-cameras-wire")
    harbour.article("_news/good.md", "A good list", related=plain)
    harbour.article("_news/twice.md", "A list of one story", related=[*plain, faces, wire])
    harbour.article("_news/drifted.md", "A list with an old copy", related=[*plain, item("Old title", HEAT)])
    harbour.article("_news/removed.md", "Taken back", removed=True)
    build_index(harbour.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        yield index


def session(index, **more):
    return Session(index, desk_of(index.content_root), Options(), **more)


def test_faulty_lists_are_those_that_the_audit_finds(worked):
    settings, ranker = desk_of(worked.content_root).settings, ranker_for(worked.folder)
    found = {one.path for one in audit(worked, settings, SHOWN, ranker, Silent())}
    queues = queues_of(worked, settings, ranker)
    assert {"_news/twice.md", "_news/drifted.md"} <= found
    assert set(queues.ids["faulty"]) == found
    for name in queues.ids["faulty"]:
        assert session(worked).view(name, "faulty").faults


def test_every_queue_is_in_the_order_of_all(worked):
    queues = session(worked).queues
    assert set(queues.ids["needs"]) == {
        name for queue in ("none", "few", "stale", "faulty") for name in queues.ids[queue]
    }
    assert "_news/good.md" not in queues.ids["needs"]
    assert "_news/removed.md" not in queues.ids["all"]
    for ids in queues.ids.values():
        assert ids == sorted(ids, key=queues.order.__getitem__)


def test_a_saved_list_leaves_the_queues_of_what_it_lacked_no_longer(worked):
    open_session = session(worked)
    path = worked.content_root / "_news/drifted.md"
    assert "_news/drifted.md" in open_session.queues.ids["faulty"]
    assert "_news/drifted.md" not in open_session.queues.ids["few"]
    view = open_session.view("_news/drifted.md", "faulty")
    open_session.save("_news/drifted.md", view.digest, [0])
    queues = open_session.queues
    assert "_news/drifted.md" not in queues.ids["faulty"]
    assert "_news/drifted.md" in queues.ids["few"]
    assert open_session.view("_news/drifted.md", "faulty").faults == []
    open_session.save("_news/drifted.md", digest(path.read_bytes()), [])
    assert "_news/drifted.md" in open_session.queues.ids["none"]
    assert queues.ids["all"] == open_session.queues.ids["all"]


def test_the_way_goes_on_from_what_has_left_its_queue():
    order = {name: place for place, name in enumerate("abcde")}
    queues = Queues({"all": list("abcde"), "needs": list("abd")}, order)
    assert queues.around("needs", "b") == ("a", 2, "d")
    assert queues.moved("b", {"all"}).around("needs", "b") == ("a", 0, "d")
    assert queues.around("needs", "e") == ("d", 0, None)
    assert queues.around("needs", "a") == (None, 1, "b")
    assert queues.around("needs", "a draft") == (None, 0, "a")
    assert queues.moved("c", {"all", "needs"}).ids["needs"] == list("abcd")
    assert queues.moved("a draft", {"all"}) == queues


def test_filters_say_who_stands_in_the_queues(worked):
    queues = session(worked, filters=Filters(topics=("Policing",))).queues
    assert set(queues.ids["all"]) == {"_news/face-cameras.md", "_news/face-cameras-wire.md", "_news/crowd-cameras.md"}
    assert queues.ids["few"] == ["_news/face-cameras.md"]


def test_decisions_of_an_article(tmp_path):
    file = tmp_path / "d.jsonl"
    made = [
        Decision("a.md", "0.md", "accepted", now_text()),
        Decision("b.md", "1.md", "removed", now_text()),
        Decision("a.md", "2.md", "rejected", now_text()),
    ]
    write_decisions(file, made)
    known = read_decisions(file)
    assert set(known.articles) == {"a.md", "b.md"}
    assert [one.candidate for one in known.of("a.md")] == ["0.md", "2.md"]
    assert known.pending() == {name: known.pending_of(name) for name in ("a.md", "b.md")}
    assert [one.candidate for one in known.pending_of("a.md")] == ["0.md"]
    assert known.of("c.md") == ()
