"""A ranker fitted to a small site, and the rule by which it is adopted."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from search.errors import IndexCorrupt, UsageError
from search.evaluation.curated import by_bucket, curated_lists, fold_of, split_by
from search.index.build import build_index
from search.index.opened import open_index
from search.index.progress import Silent
from search.learning import learn as learning
from search.learning.examples import gather
from search.learning.fit import Graded, fit_sigmoid, fit_taken
from search.learning.learn import Comparison, _verdict, learn
from search.learning.taken import MIN_ARTICLES, learn_taken
from search.learning.verdict import verdict_by_grades
from search.related.ranker import CARD_FILE, load_ranker, ranker_for, save_ranker, tree_sums
from search.related.subject import find_subject
from search.related.suggest import suggest
from tests.site import item

SUBJECTS = ("ferry", "regatta", "heat pump", "museum", "harvest", "tram", "glacier", "library", "bakery", "orchard")
PLACES = ("Quay", "Weir", "Tarn", "Ridge", "Mill", "Cove", "Heath", "Lock", "Fold", "Marsh", "Glen", "Bay")


@pytest.fixture(scope="module")
def listed(tmp_path_factory):
    """120 articles on ten subjects, each listing four others of its subject: cliques, as sites have them."""
    from tests.site import Site

    root = tmp_path_factory.mktemp("listed")
    (root / "content").mkdir()
    site = Site(root / "content")
    for number, subject in enumerate(SUBJECTS):
        urls = [f"https://paper.example/{number}-{place}" for place in range(12)]
        for place, name in enumerate(PLACES):
            others = [(place // 6 * 6 + (place + step) % 6) for step in (1, 2, 3, 4)]
            site.article(
                f"{number}-{place}.md",
                f"The {subject} at {name} has visitors again",
                f"More people than ever saw the {subject} this spring, the town of {name} said.",
                webUrl=urls[place],
                publishedDateTime=f"2025-0{1 + place // 6}-{1 + number:02}T08:00:00Z",
                related=[item(f"The {subject} at {PLACES[other]} has visitors again", urls[other]) for other in others],
            )
    build_index(site.root, root / "index")
    with open_index(root / "index") as index:
        yield index


def test_lists_of_one_clique_are_one_component_and_never_on_both_sides(listed):
    lists = curated_lists(listed)
    assert len(lists) == 120
    assert len({one.component for one in lists}) == 20
    component = {one.row: one.component for one in lists}
    assert all(component[other] == one.component for one in lists for other in one.items)
    assert {fold_of(one.component, 5) for one in lists} == set(range(5))
    assert {bucket: len(some) for bucket, some in by_bucket(lists, {one.row: 1.0 for one in lists}).items()} == {
        "1-5": 120
    }


def test_by_time_the_newest_are_held_out_and_nothing_older_shares_their_component(listed):
    lists = curated_lists(listed)
    parts = split_by(listed, lists, 5, time=True)
    articles = listed.articles(one.row for one in lists)
    newest = [articles[one.row].published_at for one in parts[0]]
    rest = [articles[one.row].published_at for part in parts[1:] for one in part]
    assert min(newest) >= max(rest)
    components = [{one.component for one in part} for part in parts]
    assert not any(one & other for place, one in enumerate(components) for other in components[place + 1 :])
    assert sum(map(len, split_by(listed, lists, 5))) == len(lists)


def test_a_site_learns_a_ranker_and_two_runs_give_the_same(listed):
    grades = {one.row: dict.fromkeys(one.items, 4) for one in curated_lists(listed)[:10]}
    found = learn(listed, grades, load_ranker(), "tests", Silent())
    again = learn(listed, grades, load_ranker(), "tests", Silent())
    assert found.ranker.listed.text == again.ranker.listed.text
    assert found.ranker.taken.text == load_ranker().taken.text
    held = {one.component for one in found.held_out}
    assert held
    assert len(held) < 20
    assert {"this ranker", "taken alone", "listed alone", "affinity alone", "ranker before"} <= set(found.ways)
    assert all(0 <= value <= 1 for way in found.ways.values() for value in [*way.lists.values(), *way.graded.values()])
    assert "tests: 120 curated lists" in found.ranker.card.provenance


def compared(lists, graded):
    """A way of ranking with the same nDCG for every list and every graded article."""
    return Comparison(dict.fromkeys(range(40), lists), dict.fromkeys(range(9), graded), {})


@pytest.mark.parametrize(
    ("new", "old", "adopted", "why"),
    [
        (compared(0.5, 0.8), compared(0.4, 0.8), True, "graded judgements"),
        (compared(0.4, 0.8), compared(0.4, 0.8), False, "no gain that is sure"),
        (compared(0.3, 0.9), compared(0.4, 0.8), False, "no gain that is sure"),
        (compared(0.5, 0.7), compared(0.4, 0.8), False, "worse by the judgements"),
    ],
    ids=["wins", "no-gain", "loses-on-lists", "loses-by-judgements"],
)
def test_a_ranker_is_adopted_only_where_it_wins_and_loses_nothing(new, old, adopted, why):
    verdict = _verdict({"this ranker": new, "ranker before": old})
    assert verdict[0] == adopted
    assert why in verdict[1]


def test_what_an_editor_takes_is_learnt_anew_where_enough_articles_are_graded(listed):
    lists = curated_lists(listed)
    grades = {
        one.row: {other.row: 4 if other.row in one.items else 0 for other in lists if other.row != one.row}
        for one in lists[: 2 * MIN_ARTICLES]
    }
    found = learn(listed, grades, load_ranker(), "tests", Silent())
    assert found.ranker.taken.text != load_ranker().taken.text
    probabilities, outcomes = found.taken
    assert probabilities[outcomes].mean() > probabilities[~outcomes].mean() + 0.2


def test_what_is_taken_is_learnt_from_other_sites_too(listed):
    lists = curated_lists(listed)
    grades = {
        one.row: {other.row: 4 if other.row in one.items else 0 for other in lists if other.row != one.row}
        for one in lists[: MIN_ARTICLES + 2]
    }
    examples = gather(listed, grades)
    turned_round = {row: {other: 4 - grade for other, grade in some.items()} for row, some in grades.items()}
    alone = learn_taken(Graded(examples, grades), grades, None, Silent())
    agreeing = learn_taken(Graded(examples, grades), grades, None, Silent(), [Graded(examples, grades)])
    contradicting = learn_taken(Graded(examples, grades), grades, None, Silent(), [Graded(examples, turned_round)])
    assert agreeing.pairs == contradicting.pairs == 2 * alone.pairs

    def apart(taken):
        said, came = taken.outcomes_of(examples, grades)
        return said[came].mean() - said[~came].mean()

    assert apart(agreeing) > 0.2
    assert abs(apart(contradicting)) < 0.1


def test_sites_weigh_alike_however_many_pairs_they_have(listed):
    lists = curated_lists(listed)
    examples = gather(listed, [one.row for one in lists])
    rows = [one.row for one in lists]
    many = Graded(examples, {one.row: {row: 4 if row in one.items else 0 for row in rows} for one in lists[:60]})
    few = Graded(examples, {one.row: {row: 0 if row in one.items else 4 for row in rows} for one in lists[60:66]})
    one = lists[70]
    at = examples[one.row].marks(one.items)
    sums = {times: tree_sums(fit_taken([many] * times + [few]), examples[one.row].matrix) for times in (1, 3)}
    rise = {times: some[at].mean() - some[~at].mean() for times, some in sums.items()}
    assert rise[3] > rise[1] + 0.1


def test_few_grades_set_the_probabilities_of_the_ranker_before_right(listed):
    lists = curated_lists(listed)
    grades = {one.row: {other.row: 0 for other in lists if other.row != one.row} for one in lists[:20]}
    for one in lists[:20]:
        grades[one.row] |= dict.fromkeys(list(one.items)[:2], 4)
    found = learn(listed, grades, load_ranker(), "tests", Silent())
    assert found.ranker.taken.text == load_ranker().taken.text
    assert found.ranker.card.taken != load_ranker().card.taken
    none = learn(listed, {}, load_ranker(), "tests", Silent())
    assert none.ranker.card.taken == load_ranker().card.taken


def test_decisions_alone_set_the_probabilities_right_where_there_are_few_lists(listed, monkeypatch):
    lists = curated_lists(listed)
    monkeypatch.setattr(learning, "MIN_LISTS", len(lists) + 1)
    before, grades = load_ranker(), {}
    for row, one in gather(listed, [one.row for one in lists[:20]]).items():
        likeliest = np.argsort(-before.scores(one.matrix, has_lists=True).lead, kind="stable")
        grades[row] = {one.rows[place].item(): 4 if rank < 2 else 0 for rank, place in enumerate(likeliest)}
    found = learn(listed, grades, before, "tests", Silent())
    assert found.adopted, found.why
    assert "log loss" in found.why
    assert found.ranker.card.taken != before.card.taken
    assert (found.ranker.taken.text, found.ranker.listed.text) == (before.taken.text, before.listed.text)
    assert found.ranker.card.listed == before.card.listed
    few = {row: {other: some[other] for other in list(some)[:4]} for row, some in grades.items()}
    with pytest.raises(UsageError, match="120 curated lists are too few to learn from, and so are 80 graded pairs"):
        learn(listed, few, before, "tests", Silent())


def test_probabilities_that_are_right_already_stay(listed, monkeypatch):
    """Graded by dice that fall as the ranker says they do."""
    monkeypatch.setattr(learning, "MIN_LISTS", 1_000)
    before, random = load_ranker(), np.random.default_rng(3)
    rows = [one.row for one in curated_lists(listed)[:40]]
    grades = {}
    for row, one in gather(listed, rows).items():
        said = before.scores(one.matrix, has_lists=True).probability
        grades[row] = dict(zip(one.rows.tolist(), (4 * (random.random(len(said)) < said)).tolist(), strict=True))
    found = learn(listed, grades, before, "tests", Silent())
    assert not found.adopted
    assert "no gain that is sure" in found.why


@pytest.mark.parametrize(
    ("losses", "graded", "adopted", "why"),
    [
        ((0.5, 0.4), (0.8, 0.8), True, "log loss of what was taken -0.100"),
        ((0.4, 0.5), (0.8, 0.9), False, "no gain that is sure"),
        ((0.5, 0.4), (0.8, 0.7), False, "surely worse"),
    ],
)
def test_probabilities_are_adopted_only_where_they_win_and_order_no_worse_for_sure(losses, graded, adopted, why):
    before, after = (dict.fromkeys(range(40), loss) for loss in losses)
    worse, better = (dict.fromkeys(range(40), one) for one in graded)
    found = verdict_by_grades((before, after), (worse, better))
    assert found[0] == adopted
    assert why in found[1]


def test_an_order_that_varies_keeps_no_better_probabilities_out():
    rows = range(40)
    before, after = dict.fromkeys(rows, 0.5), dict.fromkeys(rows, 0.4)
    mixed = {row: 0.8 + (0.1 if row % 5 else -0.5) for row in rows}  # worse in the mean, by a few articles
    adopted, why = verdict_by_grades((before, after), (dict.fromkeys(rows, 0.8), mixed))
    assert adopted
    assert "their order -0.020 nDCG@5 (" in why


def test_the_ranker_of_an_index_is_used_and_a_damaged_one_is_an_error(listed, tmp_path):
    found = learn(listed, {}, load_ranker(), "tests", Silent())
    save_ranker(tmp_path / "ranker", found.ranker)
    own = ranker_for(tmp_path)
    assert own.card == found.ranker.card
    subject = find_subject(listed, "0-0.md")
    scores = [one.listed for one in suggest(listed, subject, ranker=own).suggested]
    assert scores != [one.listed for one in suggest(listed, subject).suggested]
    trees = tmp_path / "ranker" / f"{own.card.listed_trees}.txt"
    text = trees.read_text()
    trees.write_text(text.replace("shrinkage=", "shrinkage=1", 1))
    with pytest.raises(IndexCorrupt, match="not those of the card"):
        ranker_for(tmp_path)
    card = json.loads((tmp_path / "ranker" / CARD_FILE).read_text())
    del card["taken"]
    (tmp_path / "ranker" / CARD_FILE).write_text(json.dumps(card))
    with pytest.raises(IndexCorrupt, match="cannot be used"):
        load_ranker(tmp_path / "ranker")


def test_a_power_cut_leaves_no_card_without_its_trees(tmp_path, monkeypatch):
    events: list[str] = []
    rename = Path.replace
    flush = os.fsync

    def flushed(descriptor):
        events.append(f"flush {Path(f'/proc/self/fd/{descriptor}').readlink().name}")
        flush(descriptor)

    def renamed(path, target):
        events.append(f"rename {target.name}")
        return rename(path, target)

    monkeypatch.setattr("os.fsync", flushed)
    monkeypatch.setattr(Path, "replace", renamed)
    save_ranker(tmp_path / "ranker", load_ranker())
    first = next(place for place, event in enumerate(events) if event.endswith(".part"))
    card = load_ranker().card
    listed, taken = f"{card.listed_trees}.txt", f"{card.taken_trees}.txt"
    assert events[first:] == [
        *(event for name in (listed, taken) for event in (f"flush {name}.part", f"rename {name}")),
        *("flush ranker", f"flush {CARD_FILE}.part", f"rename {CARD_FILE}", "flush ranker"),
    ]


def test_too_few_lists_are_said_to_be_too_few(harbour_index):
    with pytest.raises(UsageError, match="too few to learn from"):
        learn(harbour_index, {}, None, "tests", Silent())


def test_platt_scaling_is_logistic_regression():
    random = np.random.default_rng(2)
    values = random.normal(size=4000)
    outcomes = random.random(4000) < 1 / (1 + np.exp(-(2 * values - 1)))
    ours = fit_sigmoid(values, outcomes)
    theirs = LogisticRegression(C=1).fit(values[:, None], outcomes)
    assert ours.slope == pytest.approx(theirs.coef_[0, 0], rel=0.01)
    assert ours.intercept == pytest.approx(theirs.intercept_[0], rel=0.01)
