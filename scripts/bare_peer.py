"""What one would write without this project: PyYAML, sentence-transformers and FAISS, nothing else.

The peer of scripts/bench_index and scripts/bench_query. It is given every advantage that costs one line: libyaml's
parser, one call to encode, a flat index.

    bare_peer.py index CONTENT_ROOT FOLDER
    bare_peer.py query FOLDER TEXT
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import faiss
import yaml
from sentence_transformers import SentenceTransformer

MODEL = "sentence-transformers/all-MiniLM-L6-v2"


def load_model() -> SentenceTransformer:
    """Load the model from wherever this project finds it."""
    from search.encoders.locate import locate

    return SentenceTransformer(str(locate(MODEL, print).folder), device="cpu")


def index(content_root: Path, folder: Path) -> None:
    """Parse, encode, write."""
    paths, texts = [], []
    for path in sorted(content_root.rglob("*.md")):
        front = yaml.load(path.read_text(encoding="utf-8").split("\n---", 1)[0], Loader=yaml.CSafeLoader)
        if front and front.get("title"):
            paths.append(str(path))
            texts.append(f"{front['title']}. {front.get('excerpt') or ''}")
    vectors = load_model().encode(texts, normalize_embeddings=True)
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    folder.mkdir(parents=True, exist_ok=True)
    faiss.write_index(flat, str(folder / "index.faiss"))
    (folder / "paths.json").write_text(json.dumps(list(zip(paths, texts, strict=True))), encoding="utf-8")
    print(len(texts))


def query(folder: Path, text: str) -> None:
    """Encode, search, print."""
    flat = faiss.read_index(str(folder / "index.faiss"))
    rows = json.loads((folder / "paths.json").read_text(encoding="utf-8"))
    vector = load_model().encode([text], normalize_embeddings=True)
    scores, found = flat.search(vector, 10)
    for score, row in zip(scores[0], found[0], strict=True):
        print(f"{score:.3f}  {rows[row][0]}")


if __name__ == "__main__":
    if sys.argv[1] == "index":
        index(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        query(Path(sys.argv[2]), sys.argv[3])
