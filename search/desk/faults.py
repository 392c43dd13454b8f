"""Faults in curated lists, each with its file, line, severity, and what to do.

==================  ========  =====================================================================
``gone-target``     error     an item names an article of this site that is not there
``no-address``      error     an item has no address: nothing tells which article it shows
``removed-target``  error     an item shows an article that is flagged as removed
``itself``          error     an article stands in its own list                           (mended)
``repeated``        error     one article stands twice in a list                          (mended)
``unpublished``     warning   a published article lists one that is not published
``drifted``         warning   an embedded copy no longer says what the article says       (mended,
                              but for its provider, unless several files have its address, or it is
                              the newer)
``same-story``      warning   two items of one list tell the same story
``shared-address``  warning   several files have one address: they count as copies, and none is proposed beside
                              another
``unrelated``       note      an item is much less related than what is not listed
``no-list``         note      an article has no list though good suggestions exist
``one-way``         note      an article is listed by one that it does not list
==================  ========  =====================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["error", "warning", "note"]

SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "note")
RULES: Final[dict[str, tuple[Severity, str]]] = {
    "gone-target": ("error", "An item names an article of this site that is not there."),
    "no-address": ("error", "An item has no address."),
    "removed-target": ("error", "An item shows an article that is flagged as removed."),
    "itself": ("error", "An article stands in its own list."),
    "repeated": ("error", "One article stands twice in a list."),
    "unpublished": ("warning", "A published article lists one that is not published."),
    "drifted": ("warning", "An embedded copy no longer says what the article says."),
    "same-story": ("warning", "Two items of one list tell the same story."),
    "shared-address": ("warning", "Several files have one address."),
    "unrelated": ("note", "An item is much less related than what is not listed."),
    "no-list": ("note", "An article has no list though good suggestions exist."),
    "one-way": ("note", "An article is listed by one that it does not list."),
}
RANKED_RULES: Final = frozenset({"unrelated", "no-list"})
# What the editor's page shows: not what needs a ranker or is no matter of the list, nor what may yet come (a link
# back, publication).
SHOWN: Final = RULES.keys() - RANKED_RULES - {"one-way", "unpublished", "shared-address"}
MENDED: Final = frozenset({"itself", "repeated", "drifted"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault.

    Attributes:
        rule: A key of ``RULES``.
        path: The file, relative to the content root.
        position: 1-based place in the list, or 0 when the whole list is meant.
        what: The fault, one line.
        todo: What to do about it, one line.
        line: 1-based line in the file, or 0 while it is not looked up.
        original: Of a drifted copy the id of the one article that it copies, or ``""``.
    """

    rule: str
    path: str
    position: int
    what: str
    todo: str
    line: int = 0
    original: str = ""

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return RULES[self.rule][0]

    @property
    def has_one_answer(self) -> bool:
        """Whether there is but one way to mend it."""
        return self.rule in MENDED and (self.rule != "drifted" or bool(self.original))
