"""The shape of a site's lists: the field they stand under, and which keys their items have.

What joins a list takes the shape of the items there; in an empty list, or a new one, that of the site's other lists.
Lists whose items are copies in full say nothing here: an item of those is what its own file holds (``item_of``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from search.content.chosen import read_from
from search.content.dates import day_written, says_day_alone
from search.content.item import ITEM_FIELDS, Scalar, plain_value, shown
from search.content.named_files import REFERENCE_KEYS
from search.content.pages import is_page, likest
from search.content.yaml_reader import is_sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from search.content.fields import Fields
    from search.content.layout import Style
    from search.content.settings import Settings

# What a key of an item may stand for; of several the first.
_FIELDS: Final = (
    "title",
    "excerpt",
    "publishedDateTime",
    "webUrl",
    "type",
    "provider",
    "quality",
    "topics",
    "category",
)
# Items that say this many of what an article is read by are copies of it in full.
_FULL: Final = 5
# Values of a key that are looked at to see how it is written.
_MAX_EXAMPLES: Final = 20
_ONE_VALUE: Final = (str, int, float, date)


@dataclass(frozen=True, slots=True)
class Shape:
    """What the items of lists look like.

    Attributes:
        place: Keys that lead to the list, outermost first.
        keys: Keys of the items, in order; empty where they are plain addresses or references.
        examples: Text that stands in items, by key; under ``""`` the plain items.
    """

    place: tuple[str, ...]
    keys: tuple[str, ...]
    examples: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item to add.

    Attributes:
        values: The front matter of the article it shows, or an item that shows it elsewhere: see ``values_of``.
        address: Its URL, or the path of its file where it has none: what stands for it in a list of bare addresses.
        path: Of its file, ``""`` where it has none: what stands for it in a list of bare paths.
        page: Where the site shows its file; only of one that has no URL of its own, and ``""`` if unknown.
        day: When it was published, for where only the name of its file tells.
        slug: What its file says is its name, where that is sure to mean it.
        names: Gives what else is sure to mean its file, beside some items; called only where they are such names.
    """

    values: Mapping[str, Any]
    address: str
    path: str = ""
    page: str = ""
    day: str = ""
    slug: str = ""
    names: Callable[[Sequence[str]], Sequence[str]] = lambda _: ()


def shape_of(values: Mapping[str, Any], settings: Settings) -> Shape | None:
    """Return the shape of the list in front matter; None if there is none, or it is empty."""
    for found in settings.fields.find(values).get("related", ()):
        if isinstance(found.value, list):
            return shape_of_items(found.place, found.value)
    return None


def shape_of_items(place: tuple[str, ...], items: Sequence[Any]) -> Shape | None:
    """Return the shape of some items: the more common one, with the keys that at least half of them have."""
    texts = [item for item in items if isinstance(item, str) and item.strip()]
    mappings = [item for item in items if isinstance(item, dict) and item]
    if len(texts) > len(mappings):
        return Shape(place, (), {"": tuple(texts[-_MAX_EXAMPLES:])})
    if not mappings:
        return None
    have = Counter(key for item in mappings for key in item if not is_sealed(key))
    longest_first = sorted(mappings, key=len, reverse=True)
    keys = dict.fromkeys(key for item in longest_first for key in item if 2 * have[key] >= len(mappings))
    examples = {
        key: tuple(str(item[key]) for item in mappings[-_MAX_EXAMPLES:] if isinstance(item.get(key), _ONE_VALUE))
        for key in keys
    }
    return Shape(place, tuple(keys), examples)


def commonest(shapes: Iterable[Shape]) -> Shape | None:
    """Return the shape that most of some lists have, of equally common ones the first; None without any."""
    alike: dict[Any, list[Shape]] = {}
    for one in shapes:
        alike.setdefault((one.place, frozenset(one.keys)), []).append(one)
    if not alike:
        return None
    some = max(alike.values(), key=len)
    keys = some[0].keys or ("",)
    examples = {key: tuple(text for one in some for text in one.examples.get(key, ())) for key in keys}
    return Shape(some[0].place, some[0].keys, {key: texts[:_MAX_EXAMPLES] for key, texts in examples.items()})


def is_full(shape: Shape, whole: Mapping[str, Any], settings: Settings) -> bool:
    """Return whether items are copies in full: they say all that an article's own item would, by the same keys.

    Args:
        shape: Of the items.
        whole: The article's own item, from ``item_of``.
        settings: What the site calls its fields.
    """
    ours, theirs = _keys_by_field(shape.keys, settings), _keys_by_field(whole, settings)
    return len(ours) >= _FULL and all(ours.get(name) == key for name, key in theirs.items())


def full_item(new: NewItem, item: Mapping[str, Any], shape: Shape, settings: Settings, style: Style) -> dict[str, Any]:
    """Return an article's own item as a list of copies has them: in their form, and in their order if that has all."""
    theirs = short_item(new, shape, settings, style)
    whole = {**item, **{key: theirs[key] for key in shape.keys if key in theirs}}
    order = style.item_keys or shape.keys
    return {key: whole[key] for key in (order if whole.keys() <= set(order) else whole) if key in whole}


def plain_item(new: NewItem, shape: Shape, settings: Settings) -> Scalar:
    """Return an address or a reference that means an article, as the items of a list are written."""
    return Scalar(_named(new, shape.examples.get("", ()), settings), text=True)


def short_item(new: NewItem, shape: Shape, settings: Settings, style: Style) -> dict[str, Any]:
    """Return an item with just the keys of a shape, as far as they mean a field that the article has.

    Something always names it.
    """
    read = settings.fields.find(plain_value(new.values))
    fields = {key: name for name, key in _keys_by_field(shape.keys, settings).items()}
    item: dict[str, Any] = {}
    names_it = False
    for key in shape.keys:
        name, examples = fields.get(key, ""), shape.examples.get(key, ())
        value: Any = None
        if name == "webUrl":
            address = _address(new, read, examples, settings)
            value = Scalar(address, text=True) if address else None
            names_it = names_it or value is not None
        elif key in REFERENCE_KEYS and new.path and not all(text.isdecimal() for text in examples):
            value = Scalar((key == "slug" and new.slug) or _named(new, examples, settings), text=True)
            names_it = True
        elif name:
            found = read_from(read, name, settings)
            value = _dug(new.values, found.place) if found else None
            value = _fitting(name, key, value, new, examples, style)
        elif _is_known(key, settings):
            value = new.values.get(key)
        if not _is_nothing(value) and value != Scalar("", text=True):
            item[key] = value
    if not names_it:
        item["webUrl" if "://" in new.address else "path"] = Scalar(new.address, text=True)
    return item


def _is_known(key: str, settings: Settings) -> bool:
    """Return whether a key says the same of an article in an item as in its own file.

    A rank in a list, or a note on it, has its name from nobody but the site: what a file calls so may be another thing.
    """
    means = settings.fields.find({key: "x"}).keys() - {"related"}
    return bool(means) or key in ITEM_FIELDS or key in REFERENCE_KEYS


def _keys_by_field(keys: Iterable[str], settings: Settings) -> dict[str, str]:
    """Return which key stands for which field; of several for one the one that is read first."""
    found = settings.fields.find(dict.fromkeys(keys, "x"))
    by_field: dict[str, str] = {}
    for name in _FIELDS:
        key = next((one.place[0] for one in found.get(name, ()) if len(one.place) == 1), "")
        if key and key not in by_field.values():
            by_field[name] = key
    return by_field


def _address(new: NewItem, read: Fields, examples: Sequence[str], settings: Settings) -> str:
    """Return an article's address in the way that a list gives addresses: whole, or from the site's root on."""
    own = read_from(read, "webUrl", settings)
    if own is not None:
        as_written = str(own.value).strip()
        return as_written if "://" in as_written or not _are_whole(examples) else new.address
    if "://" in new.address:
        return new.address
    named = _named(new, examples, settings)
    return named if "://" in named or not _are_whole(examples) else ""


def _named(new: NewItem, examples: Sequence[str], settings: Settings) -> str:
    """Return what a list would call an article: like its other items, if such a name is sure to mean its file."""
    site = settings.site_url.rstrip("/")
    if _are_whole(examples):
        ours = [text.removeprefix(site) for text in examples if site and text.startswith(f"{site}/")]
        if "://" in new.address or not new.page:
            return new.address
        name = likest(ours, [name for name in new.names(examples) if name.startswith("/")]) if ours else ""
        return f"{site}{name}" if name else new.page
    are_pages = 2 * sum(map(is_page, examples)) > len(examples)
    if "://" in new.address and are_pages:  # the page that it says is its own, and none made of its path
        return new.address.removeprefix(site) if new.address.startswith(f"{site}/") else new.address
    if not new.path:
        return new.address
    names = [new.path, *new.names(examples)]
    pages = list(filter(is_page, names)) if are_pages else []
    return likest(examples, pages or names)


def _are_whole(examples: Sequence[str]) -> bool:
    return 2 * sum("://" in text for text in examples) >= len(examples)


def _dug(values: Any, place: Sequence[str]) -> Any:
    for key in place:
        values = values[key]
    return values


def _fitting(name: str, key: str, value: Any, new: NewItem, examples: Sequence[str], style: Style) -> Any:
    """Return a value in the form that it has in a list: a day without its time, a name by itself."""
    if name == "publishedDateTime":
        return _dated(Scalar(new.day, text=False) if value is None and new.day else value, key, examples, style)
    if name == "provider" and isinstance(value, dict) and examples:
        return value.get("name") or value.get("domain")
    return shown(name, value, style)


def _dated(value: Any, key: str, examples: Sequence[str], style: Style) -> Any:
    """Return a date as a list has it: without its time where none has one, in quotes where they are."""
    if not isinstance(value, Scalar):
        return value
    if examples and all(map(says_day_alone, examples)):
        value = Scalar(day_written(value.value).isoformat(), text=False)
    # to templates a date is of another type
    return Scalar(value.value, text=True) if key in style.texts else value


def _is_nothing(value: Any) -> bool:
    return value is None or value in ("", [], {})
