"""An encoder tuned to a site: trained on its pairs, measured on lists it did not see, adopted only where it wins."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from search.content.text import document_text
from search.encoders.fingerprint import fingerprint, model_digest
from search.encoders.prepared import read_prepared
from search.encoders.select import prepare_encoder
from search.errors import EncoderUnavailable, UsageError
from search.evaluation.curated import curated_lists, fold_of
from search.evaluation.metrics import ndcg
from search.learning.learn import FOLDS, MIN_LISTS
from search.learning.pairs import training_pairs
from search.learning.verdict import GRADED_DEPTH, LISTS_DEPTH, verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from search.encoders.base import Vectors
    from search.index.opened import Index
    from search.index.progress import Progress
    from search.learning.fit import Grades
    from search.learning.pairs import Pair

_BATCH = 32
_EPOCHS = 1
# Gentle, so that what the model knows of the language stays: the usual rate of sentence-transformers.
_RATE = 2e-5
# Titles and excerpts seldom have more tokens; a few long ones would set the pace of every batch.
_TOKENS = 96
_ENCODE_AT_ONCE = 256
# The weights saved lie midway between the model's own and the trained ones (WiSE-FT; Wortsman et al., 2022). Measured
# with 1,600 pairs of a real site, cosines alone, nDCG of held-out lists / graded articles / free-text queries:
# own weights 0.224 / 0.779 / 0.714, midway 0.236 / 0.812 / 0.705, trained 0.249 / 0.802 / 0.658.
_SHARE_OF_TRAINED = 0.5


@dataclass(frozen=True, slots=True)
class TunedEncoder:
    """What came of it.

    Attributes:
        fingerprint: Of the tuned encoder.
        pairs: How many it was trained on.
        lists: nDCG@10 of cosines alone on held-out lists, by row: before and after.
        graded: nDCG@5 on graded articles, by row: before and after; empty without judgements.
        adopted: Whether it wins, and may replace the encoder of the index.
        why: In words.
    """

    fingerprint: str
    pairs: int
    lists: tuple[dict[int, float], dict[int, float]]
    graded: tuple[dict[int, float], dict[int, float]]
    adopted: bool
    why: str


def tune_encoder(index: Index, grades: Grades, folder: Path, progress: Progress) -> TunedEncoder:
    """Tune the encoder of an index to its site, and save it to a folder.

    Trained with in-batch and hard negatives (MultipleNegativesRankingLoss; Henderson et al., 2017) by
    sentence-transformers' trainer, on a GPU when there is one.

    Args:
        index: Whose encoder and lists.
        grades: Graded pairs; may be empty.
        folder: Where the model is saved, adopted or not: a new one, ``learning/tuned.py`` knows where it may stay.
        progress: Told of phases and steps.

    Raises:
        UsageError: There are too few lists.
        EncoderUnavailable: The model is not on this machine, or the trainer is not installed.
    """
    lists = curated_lists(index)
    if len(lists) < MIN_LISTS:
        raise UsageError(f"{len(lists)} curated lists are too few to learn from", f"{MIN_LISTS} are needed")
    held_lists = [one for one in lists if fold_of(one.component, FOLDS) == 0]
    unseen = {row for one in held_lists for row in (one.row, *one.items)} | set(grades)
    pairs = training_pairs(index, [one for one in lists if fold_of(one.component, FOLDS) != 0], unseen)
    _train(_source(index), pairs, folder, progress)
    rows = index.columns.rows
    before = index.vectors.get(rows)
    tuned, after = _encoded(index, folder, rows.tolist(), progress)
    gold = {one.row: dict.fromkeys(one.items, 1) for one in held_lists}
    on_lists = (_measured(rows, before, gold, LISTS_DEPTH), _measured(rows, after, gold, LISTS_DEPTH))
    on_graded = (
        _measured(rows, before, grades, GRADED_DEPTH, judged=True),
        _measured(rows, after, grades, GRADED_DEPTH, judged=True),
    )
    adopted, why = verdict(on_lists, on_graded)
    return TunedEncoder(tuned, len(pairs), on_lists, on_graded, adopted, why)


def _source(index: Index) -> Path:
    """Return the folder of the model that the index was made with, as sentence-transformers reads it."""
    info = index.manifest.encoder
    prepared = read_prepared(info.fingerprint)
    # The cache names the folder where a model was met last: perhaps a copy that is gone, or has other weights by now.
    for source in (Path(prepared.source), Path(info.name)) if prepared else ():
        if (source / "modules.json").is_file() and fingerprint(model_digest(source), info.backend) == info.fingerprint:
            return source
    raise EncoderUnavailable(
        f"the model of this index, {info.name}, is not on this machine in a form to train",
        "run search index again, which finds it anew, or build the index with a sentence-transformers model",
    )


def _train(source: Path, pairs: Sequence[Pair], folder: Path, progress: Progress) -> None:
    from search.encoders.sentence_transformer import load_model, quiet

    model = load_model(source)
    with quiet():
        try:
            from datasets import Dataset
            from sentence_transformers import SentenceTransformerTrainer, SentenceTransformerTrainingArguments
            from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
            from transformers import TrainerCallback
        except ImportError as error:
            raise EncoderUnavailable(
                "training an encoder needs packages that are not installed", "pip install 'search[train]'"
            ) from error

        limit = model.max_seq_length
        model.max_seq_length = min(limit or _TOKENS, _TOKENS)
        steps = -(-len(pairs) // _BATCH) * _EPOCHS

        class Told(TrainerCallback):
            def on_step_end(self, *_: Any, **__: Any) -> None:
                progress.advance(1)

        progress.phase("training the encoder", steps)
        columns = ("anchor", "positive", "negative")
        data = Dataset.from_dict({name: [getattr(pair, name) for pair in pairs] for name in columns})
        with tempfile.TemporaryDirectory() as scratch:
            arguments = SentenceTransformerTrainingArguments(
                output_dir=scratch,
                num_train_epochs=_EPOCHS,
                per_device_train_batch_size=_BATCH,
                learning_rate=_RATE,
                warmup_steps=max(steps // 10, 1),
                save_strategy="no",
                report_to="none",
                disable_tqdm=True,
                logging_strategy="no",
                seed=1,
            )
            trainer = SentenceTransformerTrainer(
                model=model,
                args=arguments,
                train_dataset=data,
                loss=MultipleNegativesRankingLoss(model),
                callbacks=[Told()],
            )
            trainer.train()
        model.max_seq_length = limit
        model.load_state_dict(_midway(load_model(source).state_dict(), model.to("cpu").state_dict()))
        model.eval()
        model.save(str(folder), safe_serialization=True, create_model_card=False)


def _midway(own: Mapping[str, Any], trained: Mapping[str, Any]) -> dict[str, Any]:
    """Return weights between those of two states of one model."""
    share = _SHARE_OF_TRAINED
    return {
        name: weights * (1 - share) + trained[name] * share if weights.is_floating_point() else weights
        for name, weights in own.items()
    }


def _encoded(index: Index, folder: Path, rows: Sequence[int], progress: Progress) -> tuple[str, Vectors]:
    """Return the fingerprint of the tuned model, run as an index would run it, and the vectors of articles by it."""
    encoder = prepare_encoder(str(folder), notice=progress.notice)
    articles = index.articles(rows)
    texts = [document_text(articles[row].title, articles[row].excerpt) for row in rows]
    progress.phase("encoding with it", len(texts))
    parts: list[Vectors] = []
    for start in range(0, len(texts), _ENCODE_AT_ONCE):
        parts.append(encoder.encode_documents(texts[start : start + _ENCODE_AT_ONCE]))
        progress.advance(len(parts[-1]))
    return encoder.info.fingerprint, np.concatenate(parts)


def _measured(
    rows: np.ndarray, vectors: Vectors, gold: Mapping[int, Mapping[int, int]], depth: int, *, judged: bool = False
) -> dict[int, float]:
    """Return nDCG by row of ranking by cosine alone, all articles being candidates, or the judged ones only."""
    measured: dict[int, float] = {}
    for row, grades in gold.items():
        here = int(np.searchsorted(rows, row))
        cosines = vectors @ vectors[here]
        cosines[here] = -np.inf
        if judged:
            cosines[~np.isin(rows, list(grades))] = -np.inf
        best = np.argsort(-cosines, kind="stable")[:depth]
        measured[row] = ndcg(rows[best].tolist(), dict(grades), depth)
    return measured
