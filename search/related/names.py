"""Names that two articles share: what stands there as a name, not what merely begins a sentence or a headline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from search.related.name_runs import JOINTS, is_code, read_kept, read_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from search.content.article import Article

# Words that are written large as part of a name or before one, and name nothing by themselves.
_PARTS: Final = frozenset(
    "advocate agency analyst association authority bank board bureau center centre ceo cfo chairman chief city click "
    "co commission committee company congress corp corporation council county court cto defence defense department "
    "director district doctor dr engineer eur executive federal foundation fund gbp general government group harbour "
    "head here house inc institute international island judge justice lead limited ltd manager marketing minister "
    "ministry more mr mrs ms national news office officer party police president prime principal product professor "
    "program programme project read road school secretary senate senator senior service services sir society state "
    "street subscribe supreme trust union university usd vice vp".split()
)
_MAX_NAME = 80


def _never(_: str) -> bool:
    return False


def shared_names(subject: Article, other: Article, is_rare: Callable[[str], bool] = _never) -> list[str]:
    """Return names that stand in the texts of both, none of which is part of another; never that of a provider.

    A name has evidence in one text or the other: a capital within a sentence, several words with capitals in a text
    that does not write every word large, an acronym, a product code. One word of a longer name is one where it stands
    alone in a text: ``Bezos`` after ``Jeff Bezos``, but no ``Analytics`` out of two names that end like this.

    Args:
        subject: The article at hand.
        other: The other one.
        is_rare: Says of a word that begins both texts, or is large among large words, whether it can be but a name.
    """
    ours = read_kept(subject.title, subject.excerpt)
    theirs = read_text(other.title, other.excerpt, ours.words)
    lower = ours.lower | theirs.lower
    outlets = _outlets(subject) | _outlets(other)
    alone = ours.runs | theirs.runs
    found = [
        name
        for name in sorted(ours.named & theirs.named)
        if len(name) <= _MAX_NAME
        and (" " in name or name in alone or is_code(name))
        and (name in ours.proven or name in theirs.proven or (" " not in name and is_rare(name)))
        and _squeezed(name) not in outlets
        and _is_telling(name, lower)
    ]
    joined = sorted(ours.joined & theirs.joined, key=len)
    found = [[name, *(one for one in joined if one.startswith(f"{name} "))][-1] for name in found]
    found = [name for name in found if not any(_is_part(name, longer) for longer in found)]
    quiet = {name.casefold() for name in found if not name.isupper()}
    return [name for name in dict.fromkeys(found) if not (name.isupper() and name.casefold() in quiet)]


def _is_part(name: str, longer: str) -> bool:
    """Return whether a name is part of another: ``Bezos`` of ``Jeff Bezos``, ``Kestrel`` of ``Kestrel.ai``."""
    return name != longer and (f" {name} " in f" {longer} " or longer.startswith(f"{name}."))


def _is_telling(name: str, lower: set[str]) -> bool:
    """Return whether a name is made of more than words that the texts use as words."""
    words = [word for word in name.split() if word not in JOINTS]
    plain = {word.casefold() for word in words if word[0].isalpha()}
    if plain and plain <= _PARTS and len(words) == len(name.split()):
        return False
    return all(is_code(word) or word.isdigit() for word in words) or not plain <= lower


def _outlets(article: Article) -> set[str]:
    """Return what an article's provider is called, as ``_squeezed``."""
    name, domain = article.provider.name, article.provider.domain
    names = {name, domain, domain.partition(".")[0], *name.split()}
    return {_squeezed(name) for name in names if name}


def _squeezed(name: str) -> str:
    return "".join(name.casefold().removeprefix("the ").split()).replace("-", "")
