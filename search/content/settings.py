"""What a site sets in the ``search.toml`` of its content root."""

from __future__ import annotations

from codecs import BOM_UTF8
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from search.content.fields import DEFAULT_FIELDS, FieldMap
from search.content.globs import glob_fault
from search.content.regular import open_regular
from search.content.text import plain_text
from search.content.toml_reader import TomlError, read_toml
from search.content.urls import canonical_url
from search.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME: Final = "search.toml"
_MAX_SIZE = 256 * 1024
_TABLES = ("content", "desk", "fields")
_CONTENT_KEYS = ("exclude", "include", "site_url", "topics_by_spaces")
_DESK_KEYS = ("decisions",)
DECISIONS: Final = ".search/decisions.jsonl"
_MAX_NAMES = 100


@dataclass(frozen=True, slots=True)
class Settings:
    """How a site's content is to be read.

    Attributes:
        fields: Where our fields stand in its front matter.
        include: Globs of what is a candidate; empty for everything.
        exclude: Globs of what is none, stronger than ``include``.
        site_url: What relative permalinks are joined to, or ``""``.
        topics_by_spaces: Whether spaces part the words of a text of topics or categories; None: where Jekyll reads it.
        decisions: Where decisions are kept, relative to the content root.
    """

    fields: FieldMap = field(default_factory=FieldMap)
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    site_url: str = ""
    topics_by_spaces: bool | None = None
    decisions: str = DECISIONS


def load_settings(content_root: Path) -> Settings:
    """Read ``search.toml`` from the content root.

    Args:
        content_root: The folder that is indexed.

    Returns:
        The settings; the defaults when there is no such file.

    Raises:
        UsageError: The file cannot be read, is no TOML, or sets something unknown or impossible.
    """
    file = content_root / FILE_NAME
    try:
        with open_regular(file, content_root) as stream:
            data = stream.read(_MAX_SIZE + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        if file.is_symlink():
            raise UsageError(f"{file}: a symbolic link that leads nowhere", "correct or delete the link") from error
        return Settings()
    except OSError as error:
        hint = "keep the settings in a file of the content, and check its permissions"
        raise UsageError(f"{file}: cannot be read: {error.strerror}", hint) from error
    if len(data) > _MAX_SIZE:
        raise UsageError(f"{file}: larger than 256 kB", "settings need a few lines; is this another file?")
    return _settings(_parsed(data, str(file)), str(file))


def _parsed(data: bytes, file: str) -> dict[str, Any]:
    data = data.removeprefix(BOM_UTF8)  # as some editors of Windows write it
    try:
        return read_toml(data.decode())
    except UnicodeDecodeError as error:
        line = 1 + data.count(b"\n", 0, error.start)
        raise UsageError(f"{file}:{line}: not UTF-8", "save the file as UTF-8") from error
    except TomlError as error:
        if not error.line:
            raise UsageError(f"{file}: no TOML: nested too deep or a value out of range", "simplify it") from error
        reason = plain_text(error.reason)[:100]
        raise UsageError(f"{file}:{error.line}: no TOML: {reason}", "correct the line; text needs quotes") from error


def _settings(tables: dict[str, Any], file: str) -> Settings:
    _known(tables, _TABLES, file, "table")
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise UsageError(f"{file}: {name} is not a table", f"write [{name}] on a line of its own")
    fields = tables.get("fields", {})
    _known(fields, tuple(sorted(DEFAULT_FIELDS)), file, "key in [fields]")
    content = tables.get("content", {})
    _known(content, _CONTENT_KEYS, file, "key in [content]")
    globs = {key: _strings(content.get(key, []), file, key) for key in ("include", "exclude")}
    for key, patterns in globs.items():
        for pattern in patterns:
            if fault := glob_fault(pattern):
                raise UsageError(f"{file}: {key}: {_shown(pattern)} {fault}", "write it like posts/**/*.md")
    site_url = content.get("site_url", "")
    if not isinstance(site_url, str) or (site_url and not canonical_url(site_url)):
        raise UsageError(f"{file}: site_url is no http or https address", 'write site_url = "https://example.com"')
    by_spaces = content.get("topics_by_spaces")
    if by_spaces is not None and not isinstance(by_spaces, bool):
        raise UsageError(f"{file}: topics_by_spaces is neither true nor false", "write topics_by_spaces = false")
    desk = tables.get("desk", {})
    _known(desk, _DESK_KEYS, file, "key in [desk]")
    decisions = desk.get("decisions", DECISIONS)
    hint = f'write decisions = "{DECISIONS}"'
    if not isinstance(decisions, str) or not decisions.endswith(".jsonl") or glob_fault(decisions):
        raise UsageError(f"{file}: decisions is no path below the content root", hint)
    if any(part.casefold().startswith(".git") for part in decisions.split("/")):
        raise UsageError(f"{file}: decisions is a path into what git keeps for itself", hint)
    return Settings(
        fields=FieldMap({name: _strings(value, file, name) for name, value in fields.items()}),
        include=globs["include"],
        exclude=globs["exclude"],
        site_url=site_url.strip(),
        topics_by_spaces=by_spaces,
        decisions=decisions,
    )


def _known(table: dict[str, Any], names: tuple[str, ...], file: str, what: str) -> None:
    for name in table:
        if name not in names:
            near = get_close_matches(name[:100], names, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(names)}"
            raise UsageError(f"{file}: unknown {what}: {_shown(name)}", hint)


def _strings(value: Any, file: str, key: str) -> tuple[str, ...]:
    several = [value] if isinstance(value, str) else value
    if not isinstance(several, list) or not all(isinstance(name, str) for name in several):
        raise UsageError(f"{file}: {key} takes text or a list of texts", f'write {key} = ["one", "two"]')
    if not all(name.strip() for name in several):
        raise UsageError(f"{file}: {key} holds an empty text", f'write {key} = ["one", "two"], or leave it out')
    if unseen := next((name for name in several if not name.isprintable()), None):
        raise UsageError(f"{file}: {key} holds characters that are not seen: {unseen[:60]!a}", "type it anew")
    if len(several) > _MAX_NAMES:
        raise UsageError(f"{file}: {key} has more than {_MAX_NAMES} entries", "shorten the list")
    return tuple(name.strip() for name in several)


def _shown(name: str) -> str:
    return repr(plain_text(name)[:60])
