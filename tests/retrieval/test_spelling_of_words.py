"""Spelling on the sample content: words and names that it lacks stay, slips of words that it has are mended."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from search.index.build import build_index
from search.index.encoder import encoder_of
from search.index.filters import ANYTHING, Filters
from search.index.opened import open_index
from search.retrieval.query import Query
from search.retrieval.wording import wording

CONTENT = Path(__file__).parents[2] / "examples" / "content"

ORDINARY = """
    layoffs scooters electricians breaching vapes vaping boycotts startups smartphones mortgages pumping
    keynotes chatbots chatbot deepfake deepfakes podcasts podcaster crowdfunding cryptocurrency blockchains
    influencers livestream hackathon spyware smishing webinars unicorns fintech edtech cleantech greenwashing
    upcycling freelancers teleworking hotdesking coworking cohousing lockdowns unvaccinated opioids monkeypox
    decarbonise fracking stagflation buybacks subpoenas misdemeanors paleontologist quadcopter robotaxis
    biomarkers proteomics whistleblowers backbenchers unionise kombucha glamping vloggers paddleboards
    microplastics cyberbullying shooters apes copious intent croissants baristas triathlon curling sopranos
    screenwriters sitcoms prequel biopic paparazzi crochet beekeepers hedgehogs seagulls jellyfish astronauts
    exoplanets spacewalk prosthetics chemotherapy genomics dementia dyslexia insomnia homeschooling plagiarism
    dormitories furlough payslips annuities foreclosures squatters smugglers narcotics pickpockets arsonist
    graffiti filibuster referendums gerrymandering monarchy abdication acupuncture aftershocks anaesthetist
    aqueducts avocados bagpipes barcodes binoculars bookkeepers bungalows cheerleaders chiropractors
    confectionery cupcakes dentures driftwood dumplings escalators flamingos forgers geysers handcuffs
    hovercraft icebergs jigsaws kayaks lacrosse marmalade narwhals origami pangolins polygraph quicksand
    raccoons sandbags tambourines velodrome zucchini
""".split()
NAMES = """
    copilots bitcoin ethereum airbnb spotify tiktok instagram whatsapp huawei nvidia openai chatgpt github
    gitlab kubernetes postgres mongodb redis iphones minecraft fortnite trello figma zelensky scholz merkel
    sunak starmer modi erdogan netanyahu messi ronaldo mbappe haaland djokovic alcaraz verstappen mourinho
    guardiola kardashian zendaya bengaluru jeddah ryanair easyjet spacex starlink palantir databricks salesforce
    servicenow atlassian cloudflare okta crowdstrike fortinet splunk grafana vercel kotlin golang deepmind qwen
    bluesky deliveroo duolingo ikea klarna linkedin lidl maersk monzo patreon primark reddit revolut skoda
    strava substack tumblr vimeo vodafone zalando zuckerberg
""".split()
SLIPS = """
    policce:police minsitry:ministry facail:facial recogniton:recognition camreas:cameras stattion:station
    hosptial:hospital hospitl:hospital vacine:vaccine vaccin:vaccine pateints:patients patiants:patients
    teechers:teachers studnet:student inqury:inquiry apeal:appeal passengre:passenger pasenger:passenger
    parlament:parliament goverment:government govenment:government languge:language walkd:walked libary:library
    transprot:transport transpot:transport comany:company billon:billion authorty:authority recal:recall
    ferrry:ferry strom:storm droght:drought aproval:approval bnak:bank depositers:depositors
    withdrawls:withdrawals colapsed:collapsed participent:participant suspendid:suspended systm:system
    marketts:markets minuts:minutes worekrs:workers bewteen:between bridgge:bridge cieling:ceiling
    disclosd:disclosed evacuatd:evacuated explaner:explainer factroy:factory flods:floods folowed:followed
    governmnt:government hundrd:hundred independnt:independent killomtres:kilometres langauge:language
    metalwokers:metalworkers numbres:numbers ofifcials:officials pertol:petrol railwya:railway regtata:regatta
    promsie:promise remaned:remained routse:routes sucpected:suspected suplier:supplier volunters:volunteers
    waitted:waited ransomwear:ransomware atack:attack smokd:smoked fihs:fish driverles:driverless selwin:selwyn
    pelworth:pellworth nortline:northline vesbrook:vessbrook aldermor:aldermoor meger:merger braech:breach
    hotest:hottest
""".split()


NOW = datetime(2025, 6, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def reworded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample") / "index"
    build_index(CONTENT, folder)
    with open_index(folder) as index:
        encoder = encoder_of(index)
        yield lambda text, filters=ANYTHING: wording(index, Query(text, filters), encoder, NOW, as_typed=False)


def test_ordinary_words_and_names_stay(reworded):
    changed = {word: reworded(word).text for word in [*ORDINARY, *NAMES]}
    assert len(changed) > 200
    assert {word: meant for word, meant in changed.items() if word != meant} == {}


@pytest.mark.parametrize(
    "typed",
    [
        "electric scooters",
        "data reaches",
        "police shooters",
        "bank layoffs",
        "github copilots",
        "heat pumps",
        "re:invent",
    ],
)
def test_words_stay_beside_words_of_the_corpus(reworded, typed):
    assert reworded(typed).text == typed


def test_slips_are_mended(reworded):
    pairs = dict(pair.split(":") for pair in SLIPS)
    missed = {typed: found for typed, meant in pairs.items() if (found := reworded(typed).text) != meant}
    assert len(pairs) > 80
    assert len(missed) <= len(pairs) // 10


def test_a_phrase_is_asked_back_not_changed(reworded):
    found = reworded("facial recogniton polise", Filters(phrases=("facial recogniton",)))
    assert found.text == "facial recogniton police"
    assert [(one.typed, one.meant) for one in found.doubtful] == [('"facial recogniton"', '"facial recognition"')]


def test_what_is_not_sure_is_asked_back(reworded):
    found = reworded("deliveroo riders")
    assert (found.text, found.corrected) == ("deliveroo riders", [])
    assert [(one.typed, one.meant) for one in found.doubtful] == [("deliveroo", "delivery")]
