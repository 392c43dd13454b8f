"""Gradient boosted trees read from LightGBM's text format and evaluated in NumPy: no trainer is imported to rank.

The format: https://lightgbm.readthedocs.io/en/stable/ (``Booster.save_model``). Only what rankers here use is
understood: numerical splits. Missing values go where LightGBM sends them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_CATEGORICAL = 1
_DEFAULT_LEFT = 2
_MISSING_SHIFT = 2
_MISSING_NAN = 2
# Cells looked at together: 128 KiB of them, what the C library's allocator keeps and a core's cache holds.
_BLOCK = 16_384


class NotUnderstoodError(ValueError):
    """The text is no model, or uses what is not understood here."""


@dataclass(frozen=True, slots=True)
class Trees:
    """An ensemble; all nodes of all trees in one row, a leaf being a node that leads to itself.

    Attributes:
        text: What they were read from.
        features: Names of the columns, in order.
        roots: First node of each tree, shape (trees,).
        column: What a node looks at, shape (nodes,): a feature's number, with the number of features added where a
            missing value counts as smaller.
        threshold: Values up to this go left, shape (nodes,), float64 as in the text.
        children: Where values go that are greater, and those that are not, shape (2 x nodes,).
        value: What a leaf adds, shape (nodes,).
        depth: Of the deepest tree.
    """

    text: str = field(repr=False)
    features: tuple[str, ...]
    roots: NDArray[np.intp]
    column: NDArray[np.intp]
    threshold: NDArray[np.float64]
    children: NDArray[np.intp]
    value: NDArray[np.float64]
    depth: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a model.

        Raises:
            NotUnderstoodError: It is none, or has categorical splits.
        """
        header, *blocks = text.split("\nTree=")
        names = _entries(header).get("feature_names")
        if not names or not blocks:
            raise NotUnderstoodError("no LightGBM model")
        try:
            parts = [_tree(block) for block in blocks]
        except (KeyError, ValueError, IndexError) as error:
            raise NotUnderstoodError(f"not understood: {error}") from error
        features = tuple(names.split())
        sizes = [len(part[0]) for part in parts]
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.intp)
        children = [part[2] + start for part, start in zip(parts, starts, strict=True)]
        return cls(
            text=text,
            features=features,
            roots=starts,
            column=np.concatenate([part[0] + len(features) * part[3] for part in parts]),
            threshold=np.concatenate([part[1] for part in parts]),
            children=np.concatenate([some.T.reshape(-1) for some in children]).astype(np.intp),
            value=np.concatenate([part[4] for part in parts]),
            depth=max(part[5] for part in parts),
        )

    def predict(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum over all trees for each line of ``matrix`` (n, features), shape (n,)."""
        n = len(matrix)
        columns, missing = np.ascontiguousarray(matrix.T), np.isnan(matrix.T)
        # each column twice: a missing value is greater than every threshold in the first, and smaller in the second
        columns = np.concatenate([np.where(missing, np.inf, columns), np.where(missing, -np.inf, columns)])
        total = np.zeros(n)
        step = max(1, _BLOCK // max(n, 1))
        for start in range(0, len(self.roots), step):
            total += self._leaves(columns, self.roots[start : start + step]).sum(axis=0)
        return total

    def _leaves(self, columns: NDArray[np.float64], roots: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return what some trees say, shape (trees, n), of columns of shape (2 x features, n)."""
        first, cells = self.column * columns.shape[1], np.arange(columns.shape[1])
        left = columns[self.column[roots]] <= self.threshold[roots, None]
        node = self.children[2 * roots[:, None] + left]
        cell, value, bound = np.empty_like(node), np.empty(node.shape), np.empty(node.shape)
        # every index is in range, and "clip" is what NumPy looks up without a second buffer
        for _ in range(1, self.depth):
            first.take(node, mode="clip", out=cell)
            cell += cells
            columns.take(cell, mode="clip", out=value)
            self.threshold.take(node, mode="clip", out=bound)
            np.less_equal(value, bound, out=left)
            np.multiply(node, 2, out=cell)
            cell += left
            self.children.take(cell, mode="clip", out=node)
        return self.value.take(node, mode="clip", out=value)


def _entries(block: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in block.splitlines() if "=" in line)


def _numbers(text: str) -> NDArray[np.float64]:
    return np.array(text.split(), dtype=np.float64)


def _tree(
    block: str,
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.intp], NDArray[np.bool_], NDArray[np.float64], int]:
    """Return feature, threshold, children (2, nodes) of right and left, missing, value and depth of one tree."""
    entries = _entries(block)
    leaves = _numbers(entries["leaf_value"])
    inner = int(entries["num_leaves"]) - 1
    nodes = inner + len(leaves)
    feature = np.zeros(nodes, dtype=np.intp)
    threshold = np.zeros(nodes)
    missing = np.zeros(nodes, dtype=np.bool_)
    itself = np.arange(nodes, dtype=np.intp)
    children = np.stack([itself, itself])
    value = np.concatenate([np.zeros(inner), leaves])
    if inner:
        decision = _numbers(entries["decision_type"]).astype(np.int64)
        if (decision & _CATEGORICAL).any():
            raise NotUnderstoodError("categorical splits")
        feature[:inner] = _numbers(entries["split_feature"])
        # a split of what is missing from all else is at infinity, and what is missing is no less than that here
        threshold[:inner] = np.minimum(_numbers(entries["threshold"]), np.finfo(np.float64).max)
        children[0, :inner] = _places(entries["right_child"], inner)
        children[1, :inner] = _places(entries["left_child"], inner)
        # A split that met no missing value in training takes one for 0.
        to_left = (decision & _DEFAULT_LEFT) > 0
        nan_aware = (decision >> _MISSING_SHIFT) == _MISSING_NAN
        missing[:inner] = np.where(nan_aware, to_left, threshold[:inner] >= 0)
    return feature, threshold, children, missing, value, max(_depths(children, inner))


def _places(text: str, inner: int) -> NDArray[np.intp]:
    """Return nodes, leaves (written as -1, -2, …) after the inner ones."""
    places = _numbers(text).astype(np.intp)
    return np.where(places < 0, inner - 1 - places, places).astype(np.intp)


def _depths(children: NDArray[np.intp], inner: int) -> Iterator[int]:
    level = [0]
    depth = 0
    while level:
        yield depth
        level = [int(child) for node in level if node < inner for child in children[:, node]]
        depth += 1
