"""What a ranker looks at: one line of numbers for each candidate of an article.

==================  ====================================================================================
``dense``           cosine of the texts' vectors
``words``           cosine of their words (TF-IDF, idf squared)
``grams``           cosine of the trigrams of their titles
``*_rank``          its place among the candidates by that, from 0
``*_share``         its part of the best candidate's
``days``            days from the article to the candidate, negative when it is older
``apart``           the same without sign
``apart_rank``      its place among the candidates by nearness in time, from 0
``crowd``           how many articles came out within three days of the article
``crowd_there``     the same for the candidate
``quality``         of the candidate
``quality_here``    of the article
``same_provider``   1 if one outlet published both
``same_start``      how many words their titles start with in common, up to eight
``length``          characters of the candidate's title
``length_here``     of the article's
``peers_dense``     mean cosine with the five best candidates (by ``first``)
``peers_words``     the same by words
``peers_days``      days from the median date of the twenty best candidates, without sign
``peers_near``      mean of exp(-days / 7) with the twenty best candidates
``same_story``      1 if both belong to one story
``first``           score of the first stage, which chose the candidates
``affinity``        (dense + words) x (1 + 0.15 exp(-apart / 30)) + 0.3 x kinship: alike, a little more when near
                    in time, and when they share rare topics
``affinity_rank``   its place among the candidates by that, from 0
``affinity_share``  its part of the best candidate's
``standing``        ln(affinity / affinity of the 21st most alike): how far it stands out
``mutual_rank``     how many candidates, itself among them, are more alike to it than the article is
``kinship``         what both share of topics that few articles have, 0 to 1 (``kinship.py``)
==================  ====================================================================================

The peers are pseudo-relevance feedback (Rocchio, 1971): what is like the other candidates belongs to the subject
they share, what is like the article alone may share only its boilerplate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from search.index.columns import title_start
from search.index.derived import WORDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from search.encoders.base import Vectors
    from search.index.opened import Index
    from search.related.candidates import Pool

FEATURES = (
    "dense",
    "words",
    "grams",
    "dense_rank",
    "words_rank",
    "grams_rank",
    "dense_share",
    "words_share",
    "grams_share",
    "days",
    "apart",
    "apart_rank",
    "crowd",
    "crowd_there",
    "quality",
    "quality_here",
    "same_provider",
    "same_start",
    "length",
    "length_here",
    "peers_dense",
    "peers_words",
    "peers_days",
    "peers_near",
    "same_story",
    "first",
    "affinity",
    "affinity_rank",
    "affinity_share",
    "standing",
    "mutual_rank",
    "kinship",
)
_CROWD_DAYS = 3.0
_PEERS = 5
_TIME_PEERS = 20
_PEER_DAYS = 7.0
_NEARNESS_WEIGHT = 0.15
_NEARNESS_DAYS = 30.0
KINSHIP_WEIGHT = 0.3
# The most alike are compared with what follows them. Below the floors a cosine says nothing.
_BACKGROUND_PLACE = 20
_BACKGROUND_FLOOR = 0.1
_AFFINITY_FLOOR = 0.05


def feature_matrix(index: Index, pool: Pool) -> NDArray[np.float64]:
    """Return the features of a pool's candidates, shape (candidates, features); NaN where unknown."""
    columns, places = index.columns, pool.places
    subject = pool.subject
    apart = np.abs(pool.days)
    best = np.argsort(-pool.first, kind="stable")
    peers_dense, peers_words = _like_peers(index, pool, best[:_PEERS])
    peers_days, peers_near = _near_peers(pool.days, best[:_TIME_PEERS])
    close = affinity(pool.dense, pool.words, apart, pool.kinship)
    values = {
        "dense": pool.dense,
        "words": pool.words,
        "grams": pool.grams,
        "dense_rank": _ranks(-pool.dense),
        "words_rank": _ranks(-pool.words),
        "grams_rank": _ranks(-pool.grams),
        "dense_share": _share(pool.dense),
        "words_share": _share(pool.words),
        "grams_share": _share(pool.grams),
        "days": pool.days,
        "apart": apart,
        "apart_rank": _ranks(apart),
        "crowd": columns.crowd(np.full(1, subject.day), _CROWD_DAYS),
        "crowd_there": columns.crowd(columns.days[places], _CROWD_DAYS),
        "quality": columns.quality[places],
        "quality_here": subject.quality,
        "same_provider": (columns.provider[places] == subject.provider) & (subject.provider >= 0),
        "same_start": _same_start(subject.title, columns.title_start[places]),
        "length": columns.title_length[places],
        "length_here": len(subject.title),
        "peers_dense": peers_dense,
        "peers_words": peers_words,
        "peers_days": peers_days,
        "peers_near": peers_near,
        "same_story": columns.story[places] == subject.story,
        "first": pool.first,
        "affinity": close,
        "affinity_rank": _ranks(-close),
        "affinity_share": _share(close),
        "standing": _standing(close),
        "kinship": pool.kinship,
        "mutual_rank": (pool.likeness > pool.dense[:, None]).sum(axis=1),
    }
    matrix = np.empty((len(pool), len(FEATURES)))
    for number, name in enumerate(FEATURES):
        matrix[:, number] = values[name]
    return matrix


def affinity(
    dense: NDArray[np.floating],
    words: NDArray[np.floating],
    apart: NDArray[np.float64],
    kinship: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return how alike candidates are to the article, a little more when they are near in time, shape (n,).

    A rare topic in common counts too: whoever gave it to both said that they belong together.
    """
    alike: NDArray[np.float64] = (dense + words) * nearness(apart) + KINSHIP_WEIGHT * kinship
    return alike


def nearness(apart: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return by what likeness is multiplied that many days apart, 1 where they are not known, shape (n,)."""
    near: NDArray[np.float64] = 1 + _NEARNESS_WEIGHT * np.exp(-np.nan_to_num(apart, nan=np.inf) / _NEARNESS_DAYS)
    return near


def _standing(close: NDArray[np.float64]) -> NDArray[np.float64]:
    following = np.sort(close)[::-1][_BACKGROUND_PLACE : _BACKGROUND_PLACE + 1]
    background = following[0] if len(following) else close.min(initial=1.0)
    standing: NDArray[np.float64] = np.log(np.maximum(close, _AFFINITY_FLOOR) / max(background, _BACKGROUND_FLOOR))
    return standing


def _ranks(values: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return each value's place in ascending order, from 0; equal values in the order they stand."""
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return ranks


def _share(values: NDArray[np.floating]) -> NDArray[np.floating]:
    share: NDArray[np.floating] = values / max(float(values.max(initial=0.0)), 1e-6)
    return share


def _like_peers(index: Index, pool: Pool, peers: NDArray[np.int64]) -> tuple[Vectors, NDArray[np.float32]]:
    if not len(peers):
        none = np.zeros(len(pool), dtype=np.float32)
        return none, none
    terms = index.terms(pool.rows[peers]).values()
    words = index.sparse[WORDS].cosines(*(some.words for some in terms))[pool.places]
    return pool.vectors @ pool.vectors[peers].mean(axis=0), words


def _near_peers(days: NDArray[np.float64], peers: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    known = days[peers]
    known = known[~np.isnan(known)]
    if not len(known):
        return np.full(len(days), np.nan), np.zeros(len(days))
    near = np.exp(-np.abs(days[:, None] - known[None, :]) / _PEER_DAYS).mean(axis=1)
    return np.abs(days - np.median(known)), near


def _same_start(title: str, starts: NDArray[np.uint32]) -> NDArray[np.int64]:
    mine = np.array(title_start(title), dtype=np.uint32)
    same: NDArray[np.int64] = ((starts == mine) & (mine > 0)).cumprod(axis=1).sum(axis=1)
    return same
