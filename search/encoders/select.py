"""From a name to an encoder: what is used, prepared once and opened fast ever after."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from search.encoders.fingerprint import fingerprint, model_digest
from search.encoders.locate import BASE_MODEL, DEFAULT_MODEL, ModelSource, find_here, full_name, is_static, locate
from search.encoders.prepared import Prepared, check_prepared, found_again, preparing, read_prepared, write_prepared
from search.errors import EncoderUnavailable

if TYPE_CHECKING:
    from search.encoders.base import Backend, Encoder, EncoderInfo, Notice

# A prefix of the name asks for one way to run a model; without it the best that is true to the original is taken.
_PREFIXES: Final[dict[str, Backend]] = {
    "static": "static",
    "st": "sentence-transformers",
    "fp32": "onnx-fp32",
    "int8": "onnx-int8",
}
_BEST_FIRST: Final[tuple[Backend, ...]] = ("onnx-int8", "onnx-fp32", "sentence-transformers")


def _ignore(_: str) -> None:
    pass


def fingerprint_of(spec: str | None, notice: Notice = _ignore) -> EncoderInfo:
    """Return what an index must know of the encoder that a name stands for.

    Where it was prepared before, no model is loaded; otherwise it is prepared now.

    Args:
        spec: A hub id or folder, perhaps with ``static:``, ``st:``, ``fp32:`` or ``int8:`` before it; ``static``
            alone means all-MiniLM-L6-v2 distilled; None the default.
        notice: Told what is done.

    Raises:
        EncoderUnavailable: The model cannot be found or used.
    """
    return _prepared(spec, notice).info


def names(spec: str, info: EncoderInfo) -> bool:
    """Return whether a name stands for the model that an index was built with; nothing is prepared or fetched.

    A model that is not on this machine is told by its name alone.

    Args:
        spec: As for ``fingerprint_of``.
        info: What the index knows of its model.

    Raises:
        EncoderUnavailable: A folder is named that is none, or holds no model.
    """
    forced, model = _split(spec.strip())
    source = find_here(model, _ignore)
    if source is None:
        return spec.strip().removesuffix(model) + full_name(model) == info.name
    if is_static(source.folder):
        forced = "static"
    backends = (forced,) if forced else _BEST_FIRST
    return info.backend in backends and fingerprint(model_digest(source.folder), info.backend) == info.fingerprint


def prepare_encoder(spec: str | None, notice: Notice = _ignore) -> Encoder:
    """Open the encoder that a name stands for, prepared first if need be.

    Raises:
        EncoderUnavailable: The model cannot be found or used.
    """
    prepared = _prepared(spec, notice)
    if prepared.why:
        notice(f"{prepared.info.name} runs by {prepared.info.backend}: {prepared.why}")
    return _open(prepared)


def open_encoder(info: EncoderInfo) -> Encoder:
    """Open exactly the encoder that an index names, by its fingerprint; no model is hashed or exported.

    Only the ``sentence-transformers`` backend imports torch.

    Raises:
        EncoderUnavailable: It is not in this user's cache, or damaged.
    """
    prepared = read_prepared(info.fingerprint)
    if prepared is None:
        raise EncoderUnavailable(
            f"the encoder of this index, {info.name} ({info.backend}), is not prepared on this machine",
            "run again to prepare it: search index CONTENT_ROOT",
        )
    return _open(prepared)


def _open(prepared: Prepared) -> Encoder:
    folder = check_prepared(prepared)
    match prepared.info.backend:
        case "static":
            from search.encoders.static import StaticEncoder

            return StaticEncoder(prepared, folder)
        case "sentence-transformers":
            from search.encoders.sentence_transformer import SentenceTransformerEncoder, load_model

            source = Path(prepared.source)
            if (
                not source.is_dir()
                or fingerprint(model_digest(source), "sentence-transformers") != prepared.info.fingerprint
            ):
                raise EncoderUnavailable(
                    f"the model in {source} is gone or not the one the index was built with",
                    "rebuild with: search index --encoder MODEL CONTENT_ROOT",
                )
            return SentenceTransformerEncoder(load_model(source), prepared.info)
        case _:
            from search.encoders.onnx import OnnxEncoder

            return OnnxEncoder(prepared, folder)


def _prepared(spec: str | None, notice: Notice) -> Prepared:
    name = (spec or DEFAULT_MODEL).strip()
    forced, model = _split(name)
    source = locate(model, notice)
    if is_static(source.folder):
        forced = "static"
    prefix = "static:" if name == "static" else name.removesuffix(model)
    shown = prefix + source.name
    if forced == "static":
        from search.encoders.static import distil

        digest = fingerprint(model_digest(source.folder), "static")
        if known := read_prepared(digest):
            return found_again(known, shown, source.folder)
        return distil(source, shown, digest, notice)
    return _exported(source, shown, (forced,) if forced else _BEST_FIRST, notice)


def _split(name: str) -> tuple[Backend | None, str]:
    if name == "static":
        return "static", BASE_MODEL
    prefix, colon, rest = name.partition(":")
    if colon and prefix in _PREFIXES and rest:
        return _PREFIXES[prefix], rest
    return None, name


def _exported(source: ModelSource, shown: str, backends: tuple[Backend, ...], notice: Notice) -> Prepared:
    digest = model_digest(source.folder)
    digests = {backend: fingerprint(digest, backend) for backend in backends}
    # One that was once asked for by name says nothing of faster ones: these were never tried.
    for backend in backends:
        known = read_prepared(digests[backend])
        if known is not None and (backend == backends[0] or known.why):
            return found_again(known, shown, source.folder)
    why = ""
    for backend in backends:
        if known := read_prepared(digests[backend]):
            return found_again(known, shown, source.folder, why)
        if backend == "sentence-transformers":
            return _as_it_is(source, shown, digests[backend], why)
        from search.encoders.export import NotExportable, export

        try:
            return export(source, shown, digests[backend], backend, notice, why)
        except NotExportable as error:
            why = error.message
            notice(f"{source.name}: {backend}: {why}")
    raise EncoderUnavailable(f"{source.name} cannot be run by {backends[-1]}: {why}", "use it without a prefix")


def _as_it_is(source: ModelSource, shown: str, digest: str, why: str) -> Prepared:
    """Note in the cache that a model is run by sentence-transformers, and why."""
    from search.encoders.export import describe
    from search.encoders.sentence_transformer import load_model

    info = describe(load_model(source.folder), shown, "sentence-transformers", digest)
    prepared = Prepared(info, "", "", 1.0, str(source.folder), why, {})
    with preparing(digest) as folder:
        write_prepared(folder, prepared)
    return prepared
