"""``search suggest``: suggestions in bulk."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from search.cli import log
from search.cli.absent import not_indexed
from search.cli.decided import rejected_age, with_decisions
from search.cli.options import (
    DEFAULT_INDEX,
    MIN_PROBABILITY,
    Blind,
    Categories,
    Count,
    Diversity,
    Format,
    IndexFolder,
    MinProbability,
    MinQuality,
    Origin,
    PastOnly,
    PerProvider,
    Providers,
    Published,
    RejectedFor,
    Topics,
    Types,
    no_effect,
    now,
    path_named,
)
from search.cli.related import rendered
from search.cli.render.counts import counted
from search.errors import SearchError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from search.cli.decided import WithDecisions
    from search.index.opened import Index
    from search.related.options import Options
    from search.related.subject import Subject
    from search.related.suggest import Related


def suggest(
    paths: Annotated[list[str] | None, typer.Argument(help="Files, folders, article ids or URLs.")] = None,
    k: Count = 10,
    folder: IndexFolder = DEFAULT_INDEX,
    form: Annotated[
        Format | None, typer.Option("--format", help="How to print.", show_default=Format.JSONL.value)
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every file of the index.")] = False,
    since: Annotated[str | None, typer.Option(help="Articles published then or later: 7d, yesterday, 2023-06.")] = None,
    git: Annotated[
        str | None, typer.Option("--git", metavar="RANGE", help="Files that these revisions changed: main..HEAD.")
    ] = None,
    backfill: Annotated[
        bool, typer.Option("--backfill", help="The reverse: older articles that should list these.")
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html",
            parser=path_named,
            metavar="FILE",
            help="Write one page to read or print, instead; '-': standard output.",
        ),
    ] = None,
    blind: Blind = False,
    past_only: PastOnly = False,
    diversity: Diversity = 0.1,
    min_probability: MinProbability = MIN_PROBABILITY,
    per_provider: PerProvider = 0,
    rejected_for: RejectedFor = None,
    topic: Topics = None,
    category: Categories = None,
    provider: Providers = None,
    type_: Types = None,
    min_quality: MinQuality = None,
    published: Published = None,
    origin: Origin = None,
) -> None:
    """Propose related articles for many articles at once.

    Filters say what is proposed, as for search related; --since alone says for which articles.

    An article that cannot be read is named, and the others go on; where a path means no article, the exit code is 2.
    """
    from search.cli.filters import filters_from
    from search.desk.output import PAGES, check_place
    from search.index.opened import open_index
    from search.index.why_none import why_none
    from search.related.options import Options

    if html and form:
        no_effect("--format", "with --html, which writes a page")
    output = form or Format.JSONL
    filters = filters_from(
        since=None,
        until=None,
        topics=topic,
        categories=category,
        providers=provider,
        types=type_,
        min_quality=min_quality,
        published=published,
        origin=origin,
    )
    options = Options(
        k=k,
        filters=filters,
        past_only=past_only,
        diversity=diversity,
        min_probability=min_probability,
        per_provider=per_provider,
        blind=blind,
        collapse=output is not Format.TREC or html is not None,
    )
    with open_index(folder) as index:
        narrowed = with_decisions(index, rejected_age(rejected_for))
        made = check_place(html, PAGES, index) if html else None
        missed: list[str] = []
        subjects = _subjects(index, paths or [], since, git, missed, everything=everything)
        answers = (_backfilled if backfill else suggested)(index, subjects, options, narrowed)
        found = (
            _write_page(index, html, list(answers), made)
            if html
            else _print(index, answers, output, backfill=backfill, alone=not backfill and _is_one(index, paths or []))
        )
        why = "" if found else why_none(index.connection, filters)
    if missed:
        raise UsageError(f"{counted(len(missed), 'path')} of {len(paths or []):,} cannot be answered for", "see above")
    if not found:
        log.info(f"nothing to suggest: {why}" if why else "nothing to suggest")
        raise typer.Exit(1)


def _is_one(index: Index, paths: list[str]) -> bool:
    """Return whether no more than one article can be meant, whatever there is."""
    from search.desk.selection import folder_of

    return len(paths) == 1 and folder_of(index, paths[0]) is None


def _print(index: Index, answers: Iterable[Related], output: Format, *, backfill: bool, alone: bool) -> int:
    """Print answers as they come, and return how many have suggestions.

    Args:
        index: Where they are from.
        answers: What to print.
        output: How.
        backfill: Whether they are of older articles.
        alone: Whether there can be but one: then JSON is an object, else an array.
    """
    from search.cli.render.markdown import within_a_comment
    from search.cli.render.records import as_array, file_path

    found = 0

    def texts() -> Iterator[str]:
        nonlocal found
        for answer in answers:
            found += bool(answer.suggested)
            if backfill and output is Format.PATHS:  # what is to be changed: the older article
                yield f"{file_path(index, answer.article) or answer.article.id}\n"
            else:
                yield rendered(index, answer, output, explain=False)

    printed = texts()
    if output is Format.MARKDOWN:
        printed = within_a_comment(printed)
    elif output is Format.JSON and not alone:
        printed = as_array(printed)
    for text in printed:
        sys.stdout.write(text)
    return found


def _write_page(index: Index, file: Path, answers: list[Related], made: Path | None) -> int:
    """Write one page of all answers, and return how many have suggestions."""
    from search.cli.render.html import suggestions_page
    from search.desk.output import and_made, told_place, write_whole

    write_whole(file, [suggestions_page(index, answers, now())])
    log.info(f"wrote {told_place(file)}{and_made(made)}", event="written")
    return sum(bool(answer.suggested) for answer in answers)


def suggested(
    index: Index, subjects: Iterable[Subject], options: Options, narrowed: WithDecisions
) -> Iterator[Related]:
    """Yield suggestions for articles."""
    from search.index.encoder import encoder_of
    from search.related.ranker import ranker_for
    from search.related.suggest import suggest as suggest_for

    encoder = None
    ranker = ranker_for(index.folder)
    for subject in subjects:
        if not subject.encoded and encoder is None:
            encoder = encoder_of(index)
        yield suggest_for(index, subject, narrowed(subject, options), encoder=encoder, ranker=ranker, now=now())


def _backfilled(
    index: Index, subjects: Iterable[Subject], options: Options, narrowed: WithDecisions
) -> Iterator[Related]:
    from search.content.settings import load_settings
    from search.desk.backfill import backfill
    from search.index.filters import Filters
    from search.related.ranker import ranker_for

    settings = load_settings(index.content_root)
    rows: list[int] = []
    for subject in subjects:
        if subject.row is not None:
            rows.append(subject.row)
        else:
            log.warning(not_indexed(subject.article.id, settings), event="problem")
    if rows and set(index.rows(index.condition(Filters(origin="file"))).tolist()) <= set(rows):
        log.info("every article counts as new, so none is left that could list one; name the new ones, or use --git")
        return
    yield from backfill(index, rows, options, ranker_for(index.folder), narrowed, now=now())


def readable(
    index: Index, references: Iterable[str], find: Callable[[Index, str], Subject], missed: list[str] | None = None
) -> Iterator[Subject]:
    """Yield the articles that some references mean; one that cannot be read is named, and the others go on.

    Args:
        index: Where to look.
        references: What names them.
        find: How.
        missed: What could not be read is added to it.
    """
    for reference in references:
        try:
            yield find(index, reference)
        except SearchError as error:
            log.warning(error.message, event="problem")
            if missed is not None:
                missed.append(reference)


def _named(index: Index, paths: list[str], missed: list[str]) -> Iterator[Subject]:
    """Yield the articles that some paths name, each once; of a folder all below it. ``missed`` gets paths of none."""
    from search.desk.selection import files_below
    from search.related.subject import find_subject, subject_of_id

    known: set[str] = set()
    for path in paths:
        try:
            below = files_below(index, path)
        except UsageError as error:
            log.warning(error.message, event="problem")
            missed.append(path)
            continue
        some = readable(index, [path], find_subject, missed) if below is None else readable(index, below, subject_of_id)
        for subject in some:
            if subject.article.id not in known:
                known.add(subject.article.id)
                yield subject


def _subjects(
    index: Index, paths: list[str], since: str | None, git: str | None, missed: list[str], *, everything: bool
) -> Iterator[Subject]:
    ways = sum(map(bool, (paths, since, git, everything)))
    if not ways:
        raise UsageError("say for which articles", "name files, or use --since 7d, --git main..HEAD, or --all")
    if ways > 1:
        raise UsageError(
            "articles are chosen in one way at a time", "either name files, or use one of --since, --git and --all"
        )
    from search.desk.selection import changed_in_git, files_of
    from search.index.filters import Filters
    from search.index.why_none import why_none
    from search.related.subject import subject_of_id
    from search.times.points import parse_since

    if paths:
        return _named(index, paths, missed)
    if git:
        return readable(index, changed_in_git(index.content_root, git), subject_of_id)
    bound = parse_since(since, now()) if since else None
    some = files_of(index, bound)
    if since and not some:
        newest = why_none(index.connection, Filters(since=bound))
        log.info(f"no article was published since {since}{f'; {newest}' if newest else ''}")
    return readable(index, some, subject_of_id)
