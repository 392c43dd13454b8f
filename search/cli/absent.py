"""Why a file that a command names is not in the index, as commands tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search.content.settings import Settings


def not_indexed(path: str, settings: Settings) -> str:
    """Tell that a file with an article is not in the index: that it is left out, and why, or else what to do.

    Args:
        path: Relative to the content root, with ``/``.
        settings: Of the site.
    """
    from search.content.walk import why_passed_over

    if why := why_passed_over(path, settings):
        return f"{path} is left out of the index: {why}"
    return f"{path} is not in the index yet; run: search index"
