"""The encoder that an index was built with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.errors import EncoderMismatch

if TYPE_CHECKING:
    from search.encoders.base import Encoder
    from search.index.opened import Index


def encoder_of(index: Index, insisted: str | None = None) -> Encoder:
    """Open exactly the model that made the vectors of an index.

    Args:
        index: The index.
        insisted: A model that a person named; it must be the same.

    Raises:
        EncoderMismatch: Another model was named.
        EncoderUnavailable: The model's export is not on this machine any more, or damaged.
    """
    from search.encoders.select import names, open_encoder

    info = index.manifest.encoder
    if insisted is not None and not names(insisted, info):
        raise EncoderMismatch(
            f"{index.folder} was built with {info.name} ({info.backend}), not with {insisted}",
            f"rebuild with: search index --encoder {insisted} {index.content_root}",
        )
    return open_encoder(info)
