"""Where the desk of a content root keeps its files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.content.settings import Settings, load_settings
from search.desk.decisions import merged
from search.desk.decisions_file import read_decisions, read_lines
from search.desk.files import FOLDER, FileOutside, within
from search.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from search.desk.decisions import Decision, Decisions


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk of a content root.

    Attributes:
        root: The content root.
        settings: How its content is to be read.
    """

    root: Path
    settings: Settings

    @property
    def folder(self) -> Path:
        """What the desk writes beside the content: its lock, and files in the making.

        Raises:
            FileOutside: A link leads it out of the content root.
        """
        return within(self.root, FOLDER)

    @property
    def decisions_file(self) -> Path:
        """Where decisions are kept.

        Raises:
            FileOutside: A link leads it out of the content root, or to a file of another kind.
        """
        file = within(self.root, self.settings.decisions)
        if file.suffix != ".jsonl":  # lines would be added to an article, or to a script
            what = f"{self.settings.decisions} leads to a file that holds no decisions"
            raise FileOutside(what, "delete the link")
        return file

    def decisions(self) -> Decisions:
        """Read what was decided."""
        return read_decisions(self.decisions_file, root=self.root.resolve())

    def decisions_with(self, *others: Path) -> tuple[Decisions, list[Decision]]:
        """Read what was decided, other files of decisions with it.

        What is said there to be applied does not count: it was, to the files of another checkout.

        Returns:
            What holds of all of them; and the decisions that the desk's own file lacks, oldest first.
        """
        own, problems = read_lines(self.decisions_file, root=self.root.resolve())
        given, more = read_lines(*others, root=self.root.resolve())
        lacking = {one for one in given - own if one.verdict != "applied"}
        in_order = sorted(lacking, key=lambda one: (one.decided_at, one.article, one.candidate, one.verdict))
        return merged(own | lacking, [*problems, *more]), in_order


def desk_of(root: Path) -> Desk:
    """Return the desk of a content root."""
    return Desk(root, load_settings(root))


def desk_at(root: Path) -> Desk:
    """Return the desk of a content root whose files are to be read or changed.

    Raises:
        UsageError: The content root is not there, which must not pass for one without a fault.
    """
    if not root.is_dir():
        raise UsageError(f"the content {root} is not there", "mount it, or run search index on where it is now")
    return desk_of(root)
