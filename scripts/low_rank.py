"""Small changes to the upper layers of a BERT encoder, learnt from grades (LoRA; Hu et al., 2022)."""

from __future__ import annotations

import hashlib
import random
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors.numpy import save
from torch.nn import functional

from search.encoders.adapted import DOWN, RESULT, SCALE, UP, changed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from search.encoders.base import Vectors

# The lower layers stay as they are: their output is kept for each text, and training runs through two layers of six.
LOWER = 4
RANK = 16
EPOCHS = 2
RATE = 1e-3
WARM_UP = 0.1
# Anchors of a step, each with all its candidates.
AT_ONCE = 2
# Cosines are compared at this scale, as in CoSENT and MultipleNegativesRankingLoss.
SHARPNESS = 20.0
# How much the cosines of all texts of a step shall stay what they were: thresholds that were measured with the
# original go on to hold, and what it knows of other subjects stays.
FAITH = 10.0
# Midway between the original and what was learnt (WiSE-FT; Wortsman et al., 2022), as in search/learning/encoder.py.
SHARE = 0.5
TOKENS = 96
SEED = 1
_LARGEST = 127
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Graded:
    """A text and others that were graded for it."""

    anchor: str
    others: Sequence[str]
    grades: Sequence[float]


class Changed(torch.nn.Module):
    """A linear layer that stays, and a change of low rank that is learnt."""

    def __init__(self, layer: torch.nn.Linear) -> None:
        """Begin with no change at all."""
        super().__init__()
        self.layer = layer.requires_grad_(False)
        self.down = torch.nn.Parameter(torch.randn(RANK, layer.in_features) / layer.in_features**0.5)
        self.up = torch.nn.Parameter(torch.zeros(layer.out_features, RANK))

    def forward(self, states: Any) -> Any:
        """Return the layer's output with the change."""
        return self.layer(states) + (states @ self.down.T) @ self.up.T


class Lower:
    """The lower layers of a model: states of texts, computed once."""

    def __init__(self, model: Any) -> None:
        """Take the tokenizer and the lower layers of a ``SentenceTransformer``."""
        self._tokenizer = model.tokenizer
        self._bert = model[0].auto_model
        self._known: dict[str, Any] = {}

    def __call__(self, texts: Sequence[str]) -> tuple[Any, Any]:
        """Return states, shape (texts, tokens, dim), and mask, shape (texts, tokens)."""
        unknown = sorted({text for text in texts if text not in self._known}, key=len)
        for start in range(0, len(unknown), 64):
            self._read(unknown[start : start + 64])
        found = [self._known[text] for text in texts]
        states = torch.nn.utils.rnn.pad_sequence(found, batch_first=True).float()
        lengths = torch.tensor([len(one) for one in found])
        return states, (torch.arange(states.shape[1])[None] < lengths[:, None]).float()

    @torch.no_grad()
    def _read(self, texts: Sequence[str]) -> None:
        tokens = self._tokenizer(texts, padding=True, truncation=True, max_length=TOKENS, return_tensors="pt")
        mask = tokens["attention_mask"]
        with faster():
            states = self._bert.embeddings(tokens["input_ids"], tokens.get("token_type_ids"))
            states = through(self._bert.encoder.layer[:LOWER], states, mask.float())
        for text, some, length in zip(texts, states, mask.sum(dim=1).tolist(), strict=True):
            self._known[text] = some[:length].half()


class Upper(torch.nn.Module):
    """The upper layers of a model, mean pooling and normalisation."""

    def __init__(self, model: Any, *, learns: bool) -> None:
        """Copy the layers of a ``SentenceTransformer``; with ``learns`` each linear one can change."""
        super().__init__()
        self.layers = deepcopy(model[0].auto_model.encoder.layer[LOWER:]).requires_grad_(False)
        if learns:
            for module in list(self.layers.modules()):
                for name, child in list(module.named_children()):
                    if isinstance(child, torch.nn.Linear):
                        setattr(module, name, Changed(child))

    def forward(self, states: Any, mask: Any) -> Any:
        """Return unit vectors, shape (texts, dim), float32."""
        with faster():
            states = through(self.layers, states, mask)
        pooled = (states.float() * mask[:, :, None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)
        return functional.normalize(pooled, dim=1)

    @torch.no_grad()
    def settle(self, share: float) -> None:
        """Keep a share of what was learnt, of numbers that int8 can hold."""
        for part in self.changes().values():
            up, down = part.up.double() * share, part.down.double()
            # each of the ranks as large in one factor as in the other, so that int8 serves all of them
            even = (up.abs().amax(dim=0) / down.abs().amax(dim=1).clamp(min=_TINY)).clamp(min=_TINY).sqrt()
            for matrix, settled in ((part.up, up / even), (part.down, down * even[:, None])):
                integers, scale = _in_int8(settled.numpy())
                matrix.copy_(torch.from_numpy(np.ldexp(integers.astype(np.float64), scale)))

    def changes(self) -> dict[str, Changed]:
        """Return what was learnt, by the name of the layer's weights in the whole model."""
        return {
            f"encoder.layer.{int(place) + LOWER}.{rest}.weight": part
            for name, part in self.named_modules()
            if isinstance(part, Changed)
            for _, place, rest in [name.split(".", 2)]
        }


@torch.no_grad()
def averaged(parts: Sequence[Upper]) -> Upper:
    """Return the mean of what was learnt several times (model soup; Wortsman et al., ICML 2022), as one change.

    The rank of the changes is the sum of theirs.
    """
    found = deepcopy(parts[0])
    for name, change in found.changes().items():
        several = [part.changes()[name] for part in parts]
        change.up = torch.nn.Parameter(torch.cat([one.up for one in several], dim=1) / len(parts))
        change.down = torch.nn.Parameter(torch.cat([one.down for one in several], dim=0))
    return found


def faster() -> Any:
    """Return a context in which products are in bfloat16, which processors of today do several times as fast."""
    return torch.autocast("cpu", torch.bfloat16)


def through(layers: Any, states: Any, mask: Any) -> Any:
    """Return the states after some layers."""
    hidden = (1.0 - mask[:, None, None, :]) * -1e9
    for layer in layers:
        found = layer(states, hidden)
        states = found[0] if isinstance(found, tuple) else found
    return states


def train(model: Any, lower: Lower, graded: Sequence[Graded], tell: Callable[[int, int, float], None]) -> Upper:
    """Learn to put what has the better grade nearer to its anchor, by the difference of the grades.

    Args:
        model: A ``SentenceTransformer``.
        lower: Its lower layers.
        graded: What to learn from.
        tell: Told of step, steps and loss, now and then.
    """
    torch.manual_seed(SEED)
    chance = random.Random(SEED)  # noqa: S311 - the same order each time
    learning, original = Upper(model, learns=True).train(), Upper(model, learns=False).eval()
    steps = EPOCHS * -(-len(graded) // AT_ONCE)
    optimizer = torch.optim.AdamW([some for some in learning.parameters() if some.requires_grad], lr=RATE)
    pace = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (WARM_UP * steps)) * max(0.0, 1 - step / steps)
    )
    losses = []
    known: dict[str, Any] = {}
    for _ in range(EPOCHS):
        order = list(graded)
        chance.shuffle(order)
        for start in range(0, len(order), AT_ONCE):
            some = order[start : start + AT_ONCE]
            texts = [text for one in some for text in (one.anchor, *one.others)]
            states, mask = lower(texts)
            vectors = learning(states, mask)
            if not all(text in known for text in texts):
                with torch.no_grad():
                    known |= zip(texts, original(states, mask), strict=True)
            before = torch.stack([known[text] for text in texts])
            loss = FAITH * ((vectors @ vectors.T - before @ before.T) ** 2).mean()
            place = 0
            for one in some:
                cosines = vectors[place + 1 : place + 1 + len(one.others)] @ vectors[place]
                loss = loss + _out_of_order(cosines, torch.tensor(one.grades)) / len(some)
                place += 1 + len(one.others)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learning.parameters(), 1.0)
            optimizer.step()
            pace.step()
            losses.append(float(loss.detach()))
            if len(losses) % 50 == 0:
                tell(len(losses), steps, sum(losses[-50:]) / 50)
    return learning.eval()


def _out_of_order(cosines: Any, grades: Any) -> Any:
    """Return the mean over pairs of unlike grades, weighed by how unlike they are (RankNet; Burges et al., 2005)."""
    better = (grades[None] - grades[:, None]).clamp(min=0)
    if not better.any():
        return cosines.sum() * 0
    return (better * functional.softplus(SHARPNESS * (cosines[:, None] - cosines[None]))).sum() / better.sum()


@torch.no_grad()
def encode(lower: Lower, upper: Upper, texts: Sequence[str]) -> Vectors:
    """Return unit vectors, shape (texts, dim), float32."""
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    found: dict[int, Any] = {}
    for start in range(0, len(order), 64):
        places = order[start : start + 64]
        found |= zip(places, upper(*lower([texts[place] for place in places])), strict=True)
    return torch.stack([found[place] for place in range(len(texts))]).numpy()


def adapter(upper: Upper, weights: bytes, provenance: str) -> bytes:
    """Return what was learnt as the file that ``search/encoders/adapted.py`` reads.

    Args:
        upper: What was learnt, settled.
        weights: The model's own, a safetensors file.
        provenance: What it was learnt from, in words.
    """
    arrays: dict[str, NDArray[np.int8]] = {}
    for name, part in sorted(upper.changes().items()):
        up, of_up = _in_int8(part.up.detach().double().numpy())
        down, of_down = _in_int8(part.down.detach().double().numpy())
        arrays |= {name + UP: up, name + DOWN: down, name + SCALE: np.array([of_up + of_down], np.int8)}
    outcome = changed(weights, arrays)
    return save(arrays, {RESULT: hashlib.sha256(outcome).hexdigest(), "provenance": provenance})


def _in_int8(matrix: NDArray[np.float64]) -> tuple[NDArray[np.int8], int]:
    """Return a matrix as ``integers x 2^scale``."""
    scale = int(np.ceil(np.log2(max(float(np.abs(matrix).max()), _TINY) / _LARGEST)))
    return np.round(np.ldexp(matrix, -scale)).astype(np.int8), scale
