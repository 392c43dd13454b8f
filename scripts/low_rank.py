"""Small changes to the layers of a BERT encoder, learnt from grades (LoRA; Hu et al., 2022)."""

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
from torch.nn.utils.rnn import pad_sequence

from search.encoders.adapted import DOWN, RESULT, SCALE, UP, changed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from search.encoders.base import Vectors

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
RANK = 24
RATE = 1e-3
# Steps in which the rate rises, while it begins to fall to nothing.
WARM_UP = 60
# Anchors of a step, each with all its others.
AT_ONCE = 16
# Cosines are compared at this scale, as in CoSENT and MultipleNegativesRankingLoss.
SHARPNESS = 20.0
# How much the cosines of an anchor and its others shall stay what they were: thresholds that were measured with the
# original go on to hold, and what it knows of other subjects stays.
FAITH = 3.0
# Between the original and what was learnt (WiSE-FT; Wortsman et al., 2022). By trial more of it orders what was graded
# better still (0.5: 160 articles 0.844, 0.834 with this), and answers queries no better: worse as their pool has it
# (0.831, 0.843), as well once what that left out is graded too (0.865, 0.868; judgements/unpooled.tsv).
SHARE = 0.3
# What is kept of the rank fits in a file under a megabyte; the rest moved no figure.
KEPT_RANK = 22
TOKENS = 128
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
        return functional.linear(states, self.layer.weight + self.up @ self.down, self.layer.bias)


class Learning(torch.nn.Module):
    """A model with mean pooling whose linear layers can change. Nothing is dropped out."""

    def __init__(self, model: Any, *, learns: bool) -> None:
        """Copy the BERT of a ``SentenceTransformer``; with ``learns`` each linear layer can change."""
        super().__init__()
        self._tokenizer = model.tokenizer
        self.bert = deepcopy(model[0].auto_model).requires_grad_(False)
        if learns:
            for module in list(self.bert.encoder.modules()):
                for name, child in list(module.named_children()):
                    if isinstance(child, torch.nn.Linear):
                        setattr(module, name, Changed(child))
        self.eval().to(DEVICE)

    def forward(self, texts: Sequence[str]) -> Any:
        """Return unit vectors, shape (texts, dim), float32."""
        tokens = self._tokenizer(list(texts), truncation=True, max_length=TOKENS)["input_ids"]
        ids, mask = padded(tokens)
        with faster():
            states = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        return functional.normalize(pooled(states, mask), dim=1)

    def merged(self) -> Any:
        """Return the BERT with the changes made."""
        whole = deepcopy(self.bert)
        for module in list(whole.encoder.modules()):
            for name, child in list(module.named_children()):
                if isinstance(child, Changed):
                    child.layer.weight.data += (child.up @ child.down).data
                    setattr(module, name, child.layer)
        return whole

    @torch.no_grad()
    def settle(self, share: float) -> None:
        """Keep a share of what was learnt, of ``KEPT_RANK`` and of numbers that int8 can hold."""
        for part in self.changes().values():
            up, down = _of_rank(part.up.double().cpu().numpy() * share, part.down.double().cpu().numpy(), KEPT_RANK)
            # each of the ranks as large in one factor as in the other, so that int8 serves all of them
            even = np.sqrt(np.maximum(np.abs(up).max(axis=0) / np.maximum(np.abs(down).max(axis=1), _TINY), _TINY))
            settled = []
            for matrix in (up / even, down * even[:, None]):
                integers, scale = _in_int8(matrix)
                settled.append(
                    torch.nn.Parameter(torch.from_numpy(np.ldexp(integers.astype(np.float32), scale)).to(DEVICE))
                )
            part.up, part.down = settled

    def changes(self) -> dict[str, Changed]:
        """Return what was learnt, by the name of the layer's weights in the whole model."""
        return {f"{name}.weight": part for name, part in self.bert.named_modules() if isinstance(part, Changed)}


def _of_rank(
    up: NDArray[np.float64], down: NDArray[np.float64], rank: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the nearest product of a lower rank (Eckart and Young, 1936)."""
    of_up, core_up = np.linalg.qr(up)
    of_down, core_down = np.linalg.qr(down.T)
    left, sizes, right = np.linalg.svd(core_up @ core_down.T)
    roots = np.sqrt(sizes[:rank])
    return (of_up @ left)[:, :rank] * roots, (right @ of_down.T)[:rank] * roots[:, None]


def faster() -> Any:
    """Return a context in which products are in bfloat16, which processors of today do several times as fast."""
    return torch.autocast(DEVICE, torch.bfloat16)


def padded(tokens: Sequence[Sequence[int]]) -> tuple[Any, Any]:
    """Return token ids and mask, shape (texts, tokens)."""
    ids = pad_sequence([torch.tensor(some) for some in tokens], batch_first=True)
    mask = torch.arange(ids.shape[1])[None] < torch.tensor([len(some) for some in tokens])[:, None]
    return ids.to(DEVICE), mask.long().to(DEVICE)


def pooled(states: Any, mask: Any) -> Any:
    """Return the mean over the tokens of each text, shape (texts, dim)."""
    return (states * mask[:, :, None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)


def drawn(graded: Sequence[Graded], chance: random.Random) -> Iterator[list[Graded]]:
    """Yield steps of ``AT_ONCE``, all of it in new order time and again."""
    while True:
        order = list(graded)
        chance.shuffle(order)
        for start in range(0, len(order), AT_ONCE):
            yield order[start : start + AT_ONCE]


def descend(
    parameters: list[dict[str, Any]], steps: int, losses: Iterator[Any], tell: Callable[[int, int, float], None]
) -> None:
    """Follow the gradients of some losses downwards.

    Args:
        parameters: What changes, in groups with a rate each.
        steps: How many.
        losses: One for each step, of the parameters as they are when it is asked for.
        tell: Told of step, steps and mean loss, now and then.
    """
    optimizer = torch.optim.AdamW(parameters)
    pace = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / WARM_UP) * max(0.0, 1 - step / steps)
    )
    everything = [some for group in parameters for some in group["params"]]
    seen = []
    for step, loss in zip(range(1, steps + 1), losses, strict=False):
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(everything, 1.0)
        optimizer.step()
        pace.step()
        seen.append(float(loss.detach()))
        if step % 50 == 0:
            tell(step, steps, sum(seen[-50:]) / 50)


def train(model: Any, graded: Sequence[Graded], steps: int, tell: Callable[[int, int, float], None]) -> Learning:
    """Learn to put what has the better grade nearer to its anchor, by the difference of the grades.

    Args:
        model: A ``SentenceTransformer``.
        graded: What to learn from, by people or by ``cross_encoder.py``.
        steps: How many.
        tell: Told of step, steps and loss, now and then.
    """
    torch.manual_seed(SEED)
    learning, original = Learning(model, learns=True), Learning(model, learns=False)
    texts = sorted({text for one in graded for text in (one.anchor, *one.others)})
    before = dict(zip(texts, torch.from_numpy(encode(original, texts)).to(DEVICE), strict=True))

    def losses() -> Iterator[Any]:
        for some in drawn(graded, random.Random(SEED)):  # noqa: S311 - the same order each time
            vectors = learning([text for one in some for text in (one.anchor, *one.others)])
            loss, place = vectors.sum() * 0, 0
            for one in some:
                ours = vectors[place : place + 1 + len(one.others)]
                theirs = torch.stack([before[text] for text in (one.anchor, *one.others)])
                moved = ((ours @ ours.T - theirs @ theirs.T) ** 2).mean()
                order = out_of_order(ours[1:] @ ours[0], torch.tensor(one.grades).to(DEVICE), SHARPNESS)
                loss, place = loss + (order + FAITH * moved) / len(some), place + len(ours)
            yield loss

    changing = [some for some in learning.parameters() if some.requires_grad]
    descend([{"params": changing, "lr": RATE}], steps, losses(), tell)
    return learning


def out_of_order(scores: Any, grades: Any, sharpness: float) -> Any:
    """Return the mean over pairs of unlike grades, weighed by how unlike they are (RankNet; Burges et al., 2005)."""
    better = (grades[None] - grades[:, None]).clamp(min=0)
    if not better.any():
        return scores.sum() * 0
    return (better * functional.softplus(sharpness * (scores[:, None] - scores[None]))).sum() / better.sum()


@torch.no_grad()
def encode(learning: Learning, texts: Sequence[str]) -> Vectors:
    """Return unit vectors, shape (texts, dim), float32."""
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    found: dict[int, Any] = {}
    for start in range(0, len(order), 64):
        places = order[start : start + 64]
        found |= zip(places, learning([texts[place] for place in places]).cpu(), strict=True)
    return torch.stack([found[place] for place in range(len(texts))]).numpy()


def adapter(learning: Learning, weights: bytes, provenance: str) -> bytes:
    """Return what was learnt as the file that ``search/encoders/adapted.py`` reads.

    Args:
        learning: What was learnt, settled.
        weights: The model's own, a safetensors file.
        provenance: What it was learnt from, in words.
    """
    arrays: dict[str, NDArray[np.int8]] = {}
    for name, part in sorted(learning.changes().items()):
        up, of_up = _in_int8(part.up.detach().double().cpu().numpy())
        down, of_down = _in_int8(part.down.detach().double().cpu().numpy())
        arrays |= {name + UP: up, name + DOWN: down, name + SCALE: np.array([of_up + of_down], np.int8)}
    outcome = changed(weights, arrays)
    return save(arrays, {RESULT: hashlib.sha256(outcome).hexdigest(), "provenance": provenance})


def _in_int8(matrix: NDArray[np.float64]) -> tuple[NDArray[np.int8], int]:
    """Return a matrix as ``integers x 2^scale``."""
    scale = int(np.ceil(np.log2(max(float(np.abs(matrix).max()), _TINY) / _LARGEST)))
    return np.round(np.ldexp(matrix, -scale)).astype(np.int8), scale
