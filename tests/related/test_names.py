"""Names that two articles share."""

from __future__ import annotations

import pytest

from search.content.article import Article, Provider
from search.related.names import shared_names


def article(title, excerpt="", provider=None):
    return Article("x", "file", title, excerpt=excerpt, provider=provider or Provider())


@pytest.mark.parametrize(
    ("ours", "theirs", "names"),
    [
        # what begins a sentence or a headline
        ("Depositors queue at a branch", "Depositors wait for the lender", []),
        ("Live: the count in Tarn goes on", "Live: the fog at sea", []),
        ("It rains. Customers wait", "Customers go", []),
        ("Maps of the bay | Related", "Related: the boat that sank", []),
        # what a text uses as a word
        ("The bank of Tern Bank", "A bank run", []),
        ("A 214-page report on the fog", "The 214-page report is out", []),
        ("Fans want 200 USD for a seat", "A seat costs 200 USD by now", []),
        ("The Department said nothing", "What the Department said", []),
        # every word large
        ("Cloud Market Analysis and Forecast", "Data Market Analysis and Forecast", []),
        ("Verizon Closes The BlueJeans Deal", "What Verizon Wants From BlueJeans", ["BlueJeans"]),
        # names
        ("Police in Tarn look for a boat", "Tarn waits for rain", ["Tarn"]),
        ("Savers blame Tern’s executives", "Executives of Tern Bank resign", ["Tern"]),
        ("Kestrel Power recalls heaters", "Kestrel Power calls it safe", ["Kestrel Power"]),
        ("A worm hits the VX-17 pump", "VX-17 pumps stop", ["VX-17"]),
        ("The NASA budget shrinks", "NASA waits", ["NASA"]),
        ("The U.S. Department of Defense pays", "What the Department of Defense wants", ["Department of Defense"]),
        ("Traffic Analytics in the west", "They buy Traffic Analytics again", ["Traffic Analytics"]),
        ("They sell Road Analytics now", "They buy Traffic Analytics again", []),
        # what a name is described by, where a sentence begins with it
        ("Drugmaker Veritane cuts jobs", "Drugmaker Veritane is sold", ["Veritane"]),
        ("Operator Pellworth Group cuts jobs", "Shares of Pellworth Group fall", ["Pellworth Group"]),
        ("They ask Retailer Monthly about it", "What Retailer Monthly says", ["Retailer Monthly"]),
        ("They ask Kestrel, which is Kestrel.ai", "What Kestrel sells at Kestrel.ai", ["Kestrel.ai"]),
        # what and or for joins, where both have it
        ("Copper Cache for Redis is faster", "They move to Copper Cache for Redis Labs", ["Copper Cache for Redis"]),
        ("A video of Copper Tips and Tricks", "Copper Tips and Tricks on the pumps", ["Copper Tips and Tricks"]),
        ("Copper Database for Kestrel grows", "They use Copper Database for Tern", ["Copper Database"]),
        (
            "They use Copper Cache and Mail every single day",
            "What Copper Cache and Mail hold",
            ["Copper Cache and Mail"],
        ),
        (
            "Boris Brandt and Emma Marsh talk about boats and ferries",
            "What Boris Brandt and Emma Marsh said",
            ["Boris Brandt", "Emma Marsh"],
        ),
        (
            "Boris Brandt and Ursula von der Aue talk about boats",
            "What Boris Brandt and Ursula von der Aue said",
            ["Boris Brandt", "Ursula von der Aue"],
        ),
        # what says when and where
        ("They met on Oct. 5 in Tarn", "What came of Oct. 7 in Tarn", ["Tarn"]),
        ("We said We'll wait for rain", "They know that We'll go", []),
        # job titles
        ("They ask Senior Program Manager Ann Orr", "So says Senior Program Manager Tom Iles", []),
        # points within names
        ("Harbour OS 20.04 is out now", "What breaks in Harbour OS 20.04.", ["Harbour OS 20.04"]),
        ("Harbour OS 20.04 is out now", "What breaks in Harbour OS 20.10", ["Harbour OS"]),
        ("They port it to .NET and go", "Tools for .NET are out", [".NET"]),
        ("They serve it with Node.js here", "A hole in Node.js is mended", ["Node.js"]),
        ("They serve it with VB.Net here", "A hole in VB.Net is mended", ["VB.Net"]),
        ("They ask C3.ai for help", "Help by C3.ai is slow", ["C3.ai"]),
        ("The boats use Fjord 8.1- and old maps", "They like Fjord 8.1", ["Fjord 8.1"]),
        ("Shares of Kestrel.com fall", "What they ask of Kestrel", ["Kestrel"]),
        ("The pier is closed.Node waits", "The boat is closed.Node goes", []),
        ("Élise Vandal wins again", "The race that Élise Vandal won", ["Élise Vandal"]),
        ("KITTIWAKE BAY – the boat at Kittiwake Bay", "KITTIWAKE BAY – a ferry off Kittiwake Bay", ["Kittiwake Bay"]),
        ("See https://news.example/A Get the offer now", "See https://news.example/B Get the other now", []),
    ],
)
def test_names_have_evidence(ours, theirs, names):
    assert shared_names(article(ours), article(theirs)) == names
    assert shared_names(article(theirs), article(ours)) == names


@pytest.mark.parametrize(
    "provider", [Provider("Maravel Wire"), Provider("The Maravel Wire"), Provider("", "maravel-wire.example")]
)
def test_an_outlet_is_no_name_of_its_article(provider):
    ours = article("A ferry hits the quay", "In fog, as Maravel Wire has it.", provider)
    theirs = article("A boat is found", "It is old, the Maravel Wire reports.")
    assert shared_names(ours, theirs) == []
    assert shared_names(theirs, ours) == []


def test_the_address_of_an_outlet_is_no_name_of_its_article():
    ours = article("A ferry hits the quay", "In fog, says Maravel.io here.", Provider("Maravel Wire", "maravel.io"))
    assert shared_names(ours, article("A boat is found", "It is old, Maravel.io reports.")) == []


def test_a_rare_word_that_begins_both_texts_is_a_name():
    ours, theirs = article("Commvault grows here"), article("Commvault waits there")
    assert shared_names(ours, theirs) == []
    assert shared_names(ours, theirs, lambda word: word == "Commvault") == ["Commvault"]


def test_an_endless_text_is_read_to_a_limit_and_an_endless_name_is_none():
    name = "K" + "a" * 100
    ours = article(f"They met {name} there", "word " * 20_000)
    assert shared_names(ours, ours) == []


def test_a_dateline_is_no_name():
    one = article("A pump is sold", "TARN, Aug. 3, 2020 /PRNewswire/ -- The maker sells Kestrel pumps now.")
    other = article("A pump is mended", "TARN, Sept. 9, 2020 /PRNewswire/ -- It mends Kestrel pumps at night.")
    assert shared_names(one, other) == ["Kestrel"]
    one, other = (
        article("Shop", "Shares of Thomson Tern (Reuters) rose."),
        article("Fog", "Thomson Tern (Reuters) fell."),
    )
    assert shared_names(one, other) == ["Thomson Tern"]
    one, other = article("Fog", "Cisco Meraki points (AP) fail."), article("Fog", "They sell Cisco Meraki points.")
    assert shared_names(one, other) == ["Cisco Meraki"]
