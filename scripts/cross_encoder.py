"""Cross-encoders that read two texts together, to teach an encoder that reads them apart.

They judge better and are far too slow to rank with; from what they say of pairs that nobody graded the encoder learns
beside the grades (Augmented SBERT; Thakur et al., NAACL 2021).
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from low_rank import AT_ONCE, DEVICE, Graded, Learning, descend, drawn, encode, faster, out_of_order, padded, pooled

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from search.encoders.base import Vectors

# Rates of three; their mean is better than each.
RATES = (1.5e-4, 2e-4, 2.5e-4)
EPOCHS = 4
# The head knows nothing at first, and moves faster.
HEAD_RATE = 5
# How much the grade itself counts beside the order.
EXACT = 0.3
TOKENS = 96
_TINY = 1e-9

Pair = tuple[str, str]
# An anchor and others that nobody graded for it.
Ungraded = tuple[str, list[str]]


class CrossEncoder(torch.nn.Module):
    """A BERT that reads a pair, and a head that says how well it goes together, from 0 to 4 as grades do."""

    def __init__(self, model: Any, start: Learning) -> None:
        """Begin where an encoder is.

        Args:
            model: A ``SentenceTransformer``, for its tokenizer.
            start: The encoder.
        """
        super().__init__()
        self._tokenizer = model.tokenizer
        self.bert = start.merged().requires_grad_(True)
        dim = self.bert.config.hidden_size
        self.head = torch.nn.Sequential(torch.nn.Linear(2 * dim, dim), torch.nn.GELU(), torch.nn.Linear(dim, 1))
        self.eval().to(DEVICE)

    def forward(self, pairs: Sequence[Pair]) -> Any:
        """Return scores, shape (pairs,)."""
        first, second = (
            self._tokenizer([pair[side] for pair in pairs], truncation=True, max_length=TOKENS)["input_ids"]
            for side in (0, 1)
        )
        ids, mask = padded([[*one, *other[1:]] for one, other in zip(first, second, strict=True)])
        lengths = torch.tensor([len(one) for one in first]).to(DEVICE)
        types = (torch.arange(ids.shape[1]).to(DEVICE)[None] >= lengths[:, None]).long() * mask
        with faster():
            states = self.bert(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state.float()
        return self.head(torch.cat([states[:, 0], pooled(states, mask)], dim=1))[:, 0]


def train_cross(
    model: Any, start: Learning, graded: Sequence[Graded], rate: float, tell: Callable[[int, int, float], None]
) -> CrossEncoder:
    """Learn to say the grades of pairs.

    Args:
        model: A ``SentenceTransformer``.
        start: The encoder to begin with.
        graded: What to learn from.
        rate: Of learning; it seeds the order, too.
        tell: Told of step, steps and loss, now and then.
    """
    torch.manual_seed(round(rate * 1e6))
    chance = random.Random(round(rate * 1e6))  # noqa: S311 - the same order each time
    cross = CrossEncoder(model, start)

    def losses() -> Iterator[Any]:
        for some in drawn(graded, chance):
            scores = cross([_either_way((one.anchor, other), chance) for one in some for other in one.others])
            loss, place = scores.sum() * 0, 0
            for one in some:
                ours, grades = scores[place : place + len(one.others)], torch.tensor(one.grades).to(DEVICE)
                off = ((ours - grades) ** 2).mean()
                loss = loss + (out_of_order(ours, grades, 1.0) + EXACT * off) / len(some)
                place += len(one.others)
            yield loss

    parts = [
        {"params": list(cross.bert.parameters()), "lr": rate},
        {"params": list(cross.head.parameters()), "lr": rate * HEAD_RATE},
    ]
    descend(parts, EPOCHS * -(-len(graded) // AT_ONCE), losses(), tell)
    return cross


def _either_way(pair: Pair, chance: random.Random) -> Pair:
    return pair if chance.random() < 1 / 2 else pair[::-1]


@torch.no_grad()
def scores_of(cross: CrossEncoder, pairs: Sequence[Pair]) -> NDArray[np.float32]:
    """Return how well pairs go together, shape (pairs,), float32."""
    order = sorted(range(len(pairs)), key=lambda place: sum(map(len, pairs[place])))
    found = np.empty(len(pairs), dtype=np.float32)
    for start in range(0, len(order), 256):
        places = order[start : start + 256]
        found[places] = cross([pairs[place] for place in places]).cpu().numpy()
    return found


def near(
    anchors: Mapping[str, Container[str]],
    others: Mapping[str, Vectors],
    count: int,
    encoder: Learning,
    chance: random.Random,
) -> Iterator[Ungraded]:
    """Yield what may go with texts: five of eight the nearest, a quarter of the forty nearest, the rest of 300.

    Args:
        anchors: What must not stand beside it, by text.
        others: Texts of the same site, and their vectors.
        count: How many others.
        encoder: That of the vectors.
        chance: Draws.
    """
    texts, matrix = list(others), np.stack(list(others.values()))
    for (anchor, never), vector in zip(anchors.items(), encode(encoder, list(anchors)), strict=True):
        order = [texts[place] for place in np.argsort(-(matrix @ vector), kind="stable")[:300]]
        alike = [text for text in order if text not in never]
        sure = count * 5 // 8
        close, far = alike[sure:40], alike[40:]
        picked = chance.sample(close, min(count // 4, len(close)))
        yield anchor, [*alike[:sure], *picked, *chance.sample(far, min(count - sure - len(picked), len(far)))]


def taught(ungraded: Sequence[Ungraded], crosses: Sequence[CrossEncoder], encoder: Learning) -> list[Graded]:
    """Return pairs with what cross-encoders and an encoder say of them for a grade, half and half.

    Of a list's grades only the order and the proportions of their differences count.
    """
    pairs = [(anchor, other) for anchor, others in ungraded for other in others]
    by_cross = np.mean([scores_of(cross, pairs) for cross in crosses], axis=0)
    texts = sorted({text for pair in pairs for text in pair})
    vectors = dict(zip(texts, encode(encoder, texts), strict=True))
    found, place = [], 0
    for anchor, others in ungraded:
        if not others:
            continue
        together = by_cross[place : place + len(others)]
        apart = np.array([vectors[other] @ vectors[anchor] for other in others])
        found.append(Graded(anchor, others, ((_scaled(together) + _scaled(apart)) / 2).astype(np.float32).tolist()))
        place += len(others)
    return found


def _scaled(scores: NDArray[np.floating]) -> NDArray[np.floating]:
    scaled: NDArray[np.floating] = (scores - scores.mean()) / (scores.std() + _TINY)
    return scaled
