"""The editor of ``related`` lists: it changes the list and nothing else, or refuses by name."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from search.content.edit import edit_items, edit_related, values_of
from search.content.faults import FrontMatterError
from search.content.fields import FieldMap
from search.content.frontmatter import read_front_matter
from search.content.item import Scalar
from search.content.layout import find_layout
from search.content.settings import Settings
from search.content.shape import NewItem, Shape, commonest, shape_of
from search.content.text import plain_text
from tests.soak import SOAKING, times, told
from tests.timing import PATIENCE, seconds

SITE = Settings()
CASES = times(300, 2000)

TARGET = b"""---
category: news
title: "Ferry strike ends: \xe2\x80\x9cno winners\xe2\x80\x9d"
excerpt: It took nine days
publishedDateTime: 2025-05-03T08:00:00Z
webUrl: https://harbour.example/strike-ends
ampWebUrl: https://harbour.example/strike-ends/amp
type: article
quality: 53
provider:
  name: Harbour Post
  domain: harbour.example
  images:
    - url: https://harbour.example/logo.png
topics: [Ferries]
images:
  - url: https://harbour.example/a.jpg
    width: 640
    isCached: true
secured: "sealed;=="
---
Body
"""
NEW = NewItem(values_of(TARGET), "https://harbour.example/strike-ends")
ITEM = {
    "title": "Ferry strike ends: “no winners”",
    "excerpt": "It took nine days",
    "publishedDateTime": "2025-05-03T08:00:00Z",
    "webUrl": "https://harbour.example/strike-ends",
    "ampWebUrl": "https://harbour.example/strike-ends/amp",
    "type": "article",
    "provider": {"name": "Harbour Post", "domain": "harbour.example"},
    "quality": "53",
    "images": [{"url": "https://harbour.example/a.jpg", "width": "640", "isCached": "true"}],
}


def values(data):
    front = read_front_matter(io.BytesIO(data))
    assert front is not None
    return front.values


def sealed(data):
    return yaml.load(data.decode("utf-8-sig").split("---")[1], yaml.BaseLoader).get("secured")  # noqa: S506 - plain text


def listed(data):
    return values(data).get("related")


def edited(text, wanted):
    return edit_related(text.encode(), wanted, SITE).decode()


BLOCK = """---
title: "A"
webUrl: https://a.example/a

related:
  - title: "First"
    excerpt: ""
    webUrl: "https://a.example/1"   # kept
    provider:
      name: One
      domain: one.example
  # about the second
  - title: "Second"
    webUrl: "https://a.example/2"

secured: "x=="
---
Body --- with: dashes
"""


OWN = """---
title: A
related:
  - note: our own  # why it is here
    title: "First: a story
      of two lines"
    secured: 'x=='
    webUrl: https://a.example/1
    excerpt:
  - {title: 'Second', webUrl: https://a.example/2, note: x}
  - title: |
      Third
    webUrl: https://a.example/3
---
Body
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_values_of_items_change_and_the_rest_of_them_stays_as_written(newline):
    text = OWN.replace("\n", newline)
    title, excerpt = Scalar("Anew: “so”", text=True), Scalar("Now with one", text=True)
    changes = {0: {"title": title, "excerpt": excerpt}, 1: {"excerpt": excerpt}, 2: {"title": title}}
    new = edit_items(text.encode(), changes, SITE).decode()
    expected = (
        OWN.replace('"First: a story\n      of two lines"', '"Anew: “so”"')
        .replace("    excerpt:\n", "    excerpt: 'Now with one'\n")
        .replace("'Second',", "'Second', excerpt: 'Now with one',")
        .replace("|\n      Third", '"Anew: “so”"')
    )
    assert new == expected.replace("\n", newline)


def test_values_of_items_that_are_no_mappings_are_refused():
    with pytest.raises(FrontMatterError, match="no mapping"):
        edit_items(b"---\ntitle: A\nrelated: [a.md]\n---\n", {0: {"title": Scalar("B", text=True)}}, SITE)
    # an item that stands elsewhere too would change there
    shared = b"---\ntitle: A\nmain: &x\n  title: B\n  webUrl: https://b.example/\nrelated: [*x]\n---\n"
    with pytest.raises(FrontMatterError):
        edit_items(shared, {0: {"title": Scalar("C", text=True)}}, SITE)


def test_an_item_is_added_in_the_style_of_the_list():
    new = edited(BLOCK, [0, 1, NEW])
    added = """  - title: "Ferry strike ends: “no winners”"
    excerpt: "It took nine days"
    webUrl: "https://harbour.example/strike-ends"
    provider:
      name: Harbour Post
      domain: harbour.example
"""
    before, after = BLOCK.split("\nsecured")
    assert new == f"{before}{added}\nsecured{after}"


def test_a_file_that_quotes_nothing_gets_quotes_only_where_text_needs_them():
    made = edit_related(b"---\ntitle: The strike\ntype: article\n---\n", [NEW], SITE).decode()
    assert "  excerpt: It took nine days\n" in made
    assert "  webUrl: https://harbour.example/strike-ends\n" in made
    assert '- title: "Ferry strike ends: “no winners”"\n' in made
    quoted = edit_related(b"---\ntitle: 'The strike'\ntype: article\n---\n", [NEW], SITE).decode()
    assert "  excerpt: 'It took nine days'\n" in quoted


def test_comments_above_items_move_with_them_and_stay_when_they_go():
    swapped = edited(BLOCK, [1, 0])
    assert swapped.index("# about the second") < swapped.index("Second") < swapped.index("First")
    assert "# kept" in swapped
    gone = edited(BLOCK, [0])
    assert gone == BLOCK[: BLOCK.index('  - title: "Second"')] + BLOCK[BLOCK.index("\nsecured") :]
    assert listed(gone.encode()) == listed(BLOCK.encode())[:1]
    assert edited(BLOCK, [0, 1]) == BLOCK
    emptied = "related: []\n  # about the second\n\n"
    assert edited(BLOCK, []) == BLOCK[: BLOCK.index("related:")] + emptied + BLOCK[BLOCK.index("secured") :]


HEADED = """---
title: A
related: # by hand
  # --- morning picks ---
  - b.md  # the best
  - c.md
# --- evening picks, keep! ---

  - d.md
      # further in
  - e.md
  # --- more below ---
type: article
---
Body
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("wanted", [[1, 3], [0, 1, 2], [0, 1], [3], [0], [], [1, NEW], [NEW], [0, 1, 3, NEW]])
def test_comments_on_lines_of_their_own_stay_whatever_goes(newline, wanted):
    new = edited(HEADED.replace("\n", newline), wanted)
    gone = [f"  - {name}" for place, name in enumerate(["b.md", "c.md", "d.md", "e.md"]) if place not in wanted]
    left = [line for line in HEADED.split("\n") if not any(line.startswith(item) for item in gone)]
    lines = [line for line in new.split(newline) if "strike-ends" not in line]
    if not wanted:
        left = [line.replace("related:", "related: []") for line in left]
    assert lines == left
    if NEW in wanted:  # at the end of the list, below what is left of it
        assert new.index("# further in") < new.index("strike-ends") < new.index("# --- more below ---")


def test_of_the_gaps_around_what_goes_one_is_left():
    text = "---\nrelated:\n- a.md\n\n- b.md\n\n# the last\n\n- c.md\n---\n"
    assert edited(text, [1, 2]) == "---\nrelated:\n- b.md\n\n# the last\n\n- c.md\n---\n"
    assert edited(text, [0, 2]) == "---\nrelated:\n- a.md\n\n# the last\n\n- c.md\n---\n"
    assert edited(text, [0, 1]) == "---\nrelated:\n- a.md\n\n- b.md\n\n# the last\n---\n"
    assert edited(text, [2]) == "---\nrelated:\n\n# the last\n\n- c.md\n---\n"


@pytest.mark.parametrize("empty", ["related:\n", "related: []\n", "related: ~\n", "related: null # none yet\n", ""])
def test_a_list_is_made_where_there_is_none(empty):
    text = f"---\ntitle: A\n{empty}type: article\n---\nBody\n"
    new = edited(text, [NEW])
    assert listed(new.encode()) == [ITEM]
    assert ("# none yet" in new) == ("# none yet" in empty)
    assert new.endswith("---\nBody\n")
    lines = set(text.splitlines())
    assert {line for line in lines if not line.startswith("related")} <= set(new.splitlines())


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("empty", "key"),
    [
        ("related:   # none so far\n", "related:   # none so far\n"),
        ("related: []\t # none so far\n", "related:\t # none so far\n"),
        ("related: ~   # none so far\n", "related:   # none so far\n"),
        ("related:   \n", "related:   \n"),
        ("related: []\n", "related:\n"),
    ],
)
def test_what_stands_behind_an_empty_list_stays_as_it_is(empty, key, newline):
    text = f"---\ntitle: A\n{empty}layout: b\n---\n".replace("\n", newline)
    made = edited(text, [NewItem({}, "https://c.example/gone")])
    assert made == text.replace(
        empty.replace("\n", newline), f"{key}  - webUrl: https://c.example/gone\n".replace("\n", newline)
    )


def test_a_new_list_stands_before_the_sealed_field_with_blank_lines_where_the_file_has_them():
    text = '---\ntitle: A\n\ntopics:\n- One\n\nsecured: "x"\n---\n'
    new = edited(text, [NEW])
    assert "\n- One\n\nrelated:\n- title: " in new
    assert new.endswith('\n\nsecured: "x"\n---\n')


def test_a_list_of_addresses_gets_an_address():
    text = "---\ntitle: A\nrelated:\n    - https://a.example/1\n    - https://a.example/2\n---\n"
    assert edited(text, [1, NEW, 0]) == (
        "---\ntitle: A\nrelated:\n    - https://a.example/2\n    - https://harbour.example/strike-ends\n"
        "    - https://a.example/1\n---\n"
    )


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[\n  a.md,\n  b.md\n]", "[\n  a.md,\n  b.md,\n  n.md\n]"),
        ("[\n  a.md,\n  b.md,  # last\n  ]", "[\n  a.md,\n  b.md,  # last\n  n.md,\n  ]"),
        ("[\n  a.md, # one\n  b.md # last\n]", "[\n  a.md, # one\n  b.md, # last\n  n.md\n]"),
        ("[a.md,\n  b.md]", "[a.md,\n  b.md,\n  n.md]"),
        ("[\n  b.md\n]", "[\n  b.md,\n  n.md\n]"),
        ("[\n  a.md, b.md\n]", "[\n  a.md, b.md, n.md\n]"),
        ("[\n  {path: a.md},\n  {path: b.md},\n]", "[\n  {path: a.md},\n  {path: b.md},\n  {path: n.md},\n]"),
    ],
)
def test_what_joins_a_list_in_brackets_has_a_line_of_its_own_where_the_others_have(before, after, newline):
    text = f"---\ntitle: A\nrelated: {before}\nlayout: b\n---\n".replace("\n", newline)
    count = len(listed(text.encode()))
    new = edited(text, [*range(count), NewItem({}, "n.md", "n.md")])
    assert new == f"---\ntitle: A\nrelated: {after}\nlayout: b\n---\n".replace("\n", newline)


def test_what_joins_items_in_braces_is_written_in_braces():
    text = "---\ntitle: A\nrelated:\n  - {title: 'x: y', url: https://a.example/1}\n---\n"
    new = NewItem(values_of(SHORT.encode()), "https://c.example/gone")
    added = "  - {title: 'Comet gone', url: 'https://c.example/gone'}\n---\n"
    assert edited(text, [0, new]) == text.removesuffix("---\n") + added


def test_a_list_in_brackets_stays_in_brackets():
    text = "---\ntitle: A\nrelated: [https://a.example/1, 'https://a.example/2',]\n---\n"
    assert edited(text, [0, 1, NEW]).splitlines()[2] == (
        "related: [https://a.example/1, 'https://a.example/2', 'https://harbour.example/strike-ends',]"
    )
    assert edited(text, [1]).splitlines()[2] == "related: ['https://a.example/2',]"
    braces = "{title: A, related: [{title: x, webUrl: https://a.example/1}]}"
    new = edited(f"---\n{braces}\n---\n", [0, NEW])
    assert listed(new.encode())[1] == {key: ITEM[key] for key in ("title", "webUrl")}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_line_endings_and_byte_order_mark_stay(newline, bom):
    text = bom + BLOCK.replace("\n", newline).rstrip("\r\n")
    new = edited(text, [NEW, 1])
    assert new.startswith(bom + "---" + newline)
    assert not new.endswith(newline)
    assert new.count("\n") == new.count(newline)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("no front matter", "no front matter"),
        ("+++\ntitle = 'A'\n+++\n", "TOML"),
        ('{"title": "A"}\n', "JSON"),
        ("---\ntitle: A\nrelated: yes please\n---\n", "is no list"),
        ("---\ntitle: A\nrelated: true\n---\n", "is no list"),
        ("---\ntitle: A\nrelated: {a: b}\n---\n", "is no list"),
        ("---\ntitle: A\nother: &o []\nrelated: *o\n---\n", "alias"),
        ("---\ntitle: A\nrelated: []\nrelated: []\n---\n", "twice"),
        ("---\nbase: &b {related: [x]}\ntitle: A\n<<: *b\n---\n", "merge"),
        ("---\ntitle: A\nextra:\n  related: [x]\n---\n", "inside of"),
        ("---\ntitle: A\nrelated: &r [x]\nmore: *r\n---\n", "something else"),
        ("---\n{title: A}\n---\n", "in braces"),
        ("---\ntitle: A\nrelated: [x, # one\n y]\n---\n", "comments"),
        ("---\ntitle: 'a\n---\n", "quote is opened"),
    ],
)
def test_what_cannot_be_edited_safely_is_refused(text, why):
    with pytest.raises(FrontMatterError, match=why):
        edited(text, [NEW, 0] if "# one" in text else [NEW])


@pytest.mark.parametrize("newline", ["\r", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("after", ["secured: SEALED", "other: value"])
def test_a_line_that_only_yaml_sees_end_is_not_taken_along(newline, after):
    text = f"---\ntitle: A\nrelated:\n  - https://a.example/1\n  - https://a.example/2{newline}{after}\nk: v\n---\n"
    with pytest.raises(FrontMatterError, match="something else"):
        edited(text, [0])


def test_what_is_sealed_is_as_it_was_or_the_file_is_left_alone():
    text = "---\ntitle: x\nmeta:\n  a: 1\n\nother: 2\nseo:\n  secured: |+\n    S\n---\n"
    with pytest.raises(FrontMatterError, match="something else"):
        edited(text, [NEW])
    item = "---\nrelated:\n  - provider:\n      name: x\n      secured: |\n        # QUJD\n---\n"
    changed = edit_items(item.encode(), {0: {"title": Scalar("B", text=True)}}, SITE)
    assert b"      secured: |\n        # QUJD\n    title: B\n" in changed


def test_no_alias_carries_what_is_sealed_into_an_item():
    source = b"---\nsecured: &s {a: &t SECRET}\ntitle: A\nexcerpt: *s\ntype: *t\nwebUrl: https://a.example/1\n---\n"
    new = edit_related(b"---\ntitle: B\n---\n", [NewItem(values_of(source), "https://a.example/1")], SITE)
    assert b"SECRET" not in new


def test_comments_stay_with_the_item_they_stand_in():
    text = "---\nrelated:\n  - title: One\n    webUrl: https://a.example/1\n    # keep: one\n  # about two\n"
    text += "  - title: Two\n    webUrl: https://a.example/2\n    # keep: two\n---\n"
    assert edited(text, [0]).endswith("/1\n    # keep: one\n  # about two\n---\n")
    assert edited(text, [1]) == "---\nrelated:\n" + text[text.index("  # about two") :]
    longer = edited(text, [0, 1, NEW])
    assert longer.startswith(text.removesuffix("---\n") + "  - title: ")


@pytest.mark.parametrize("wanted", [[NEW], []])
@pytest.mark.parametrize("items", ["", "  https://a.example/1,\n"])
def test_comments_within_brackets_are_not_lost(items, wanted):
    text = f"---\nrelated: [\n  # pinned by Jane\n{items}  # tail\n]\n---\n"
    if not items and not wanted:
        assert edited(text, wanted) == text
        return
    if items and wanted:
        assert edited(text, wanted).count("#") == 2
        return
    with pytest.raises(FrontMatterError, match="comments"):
        edited(text, wanted)


@pytest.mark.parametrize("text", ["---\ntitle: A\n---\n", "---\ntitle: A\nextra:\n  related: []\n---\n"])
def test_a_list_that_belongs_inside_of_something_is_not_made_elsewhere(text):
    zola = Settings(fields=FieldMap({"related": ("extra.related",)}))
    with pytest.raises(FrontMatterError, match="belongs inside of `extra`"):
        edit_related(text.encode(), [NEW], zola)


def test_a_list_has_a_key_that_every_reader_takes_for_text():
    new = edit_related(b"---\ntitle: A\n---\n", [NEW], Settings(fields=FieldMap({"related": ("on",)})))
    assert list(yaml.safe_load(new.split(b"---")[1])) == ["title", "on"]


@pytest.mark.parametrize("value", ["1e3", "1E+5", "0o17", "y", "N", ".5", "0x1F"])
def test_text_that_other_readers_take_for_a_number_or_a_flag_is_quoted(value):
    source = f"---\ntitle: '{value}'\nwebUrl: https://a.example/1\nquality: 1e1\n---\n".encode()
    new = edit_related(b"---\ntitle: plain\n---\n", [NewItem(values_of(source), "https://a.example/1")], SITE).decode()
    assert f'title: "{value}"\n' in new
    assert "quality: 1e1\n" in new


@pytest.mark.parametrize("mark", ['"', "'"])
def test_joiners_that_a_reader_would_miss_are_written_as_they_are(mark):
    source = "---\ntitle: 'نمی\u200cشود، تو'\nwebUrl: https://a.example/1\ntype: \"fer\u200cry\"\n---\n".encode()
    new = NewItem(values_of(source), "https://a.example/1")
    lines = f"---\ntitle: {mark}plain{mark}\n---\n"
    changed = edit_related(lines.encode(), [new], SITE).decode()
    assert f"title: {mark}نمی\u200cشود، تو{mark}\n" in changed
    assert 'type: "fer\\u200cry"\n' in changed


def test_new_lines_end_as_most_of_the_front_matter_does():
    new = edit_related(b"---\ntitle: A\r\nk: v\r\ntype: b\r\n---\r\n", [NEW], SITE)
    assert new.count(b"\n") == new.count(b"\r\n") + 1


def test_a_list_of_paths_gets_a_path():
    new = NewItem(values_of(TARGET), "https://harbour.example/strike-ends", "_news/strike.md")
    assert "[_news/a.md, _news/strike.md]" in edited("---\nrelated: [_news/a.md]\n---\n", [0, new])
    assert "strike-ends" in edited("---\nrelated: [https://a.example/1]\n---\n", [0, new])


SHORT = """---
title: Comet gone
date: 2026-03-08 00:15:00 +0100
description: A look back.
canonical_url: https://c.example/gone
provider: {name: Sky, domain: sky.example}
rank: 99
note: for the desk alone
images: [{url: https://c.example/1.jpg}]
secured: "x=="
---
"""
SHORT_ITEM = {"title": "Comet gone", "url": "https://c.example/gone", "date": "2026-03-08"}


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("related:\n- {title: x, url: https://c.example/1, date: 2026-03-04}\n", SHORT_ITEM),
        ("related: [{url: https://c.example/1, title: x}]\n", {"url": SHORT_ITEM["url"], "title": "Comet gone"}),
        (
            "see_also:\n- headline: x\n  link: https://c.example/1\n  pubDate: 2026-03-04T10:00:00Z\n  source: y\n",
            {
                "headline": "Comet gone",
                "link": "https://c.example/gone",
                "pubDate": "2026-03-08 00:15:00 +0100",
                "source": "Sky",
            },
        ),
        # what it has not is left out, what is sealed never copied
        (
            "related:\n- {title: x, webUrl: https://c.example/1, quality: 3, secured: y, note: z}\n",
            {"title": "Comet gone", "webUrl": "https://c.example/gone"},
        ),
        ("related:\n- {title: x, excerpt: y}\n", {"title": "Comet gone", "excerpt": "A look back."}),
        # a rank and a note are of the list, or of the file, and not of the article
        (
            "related:\n- {rank: 1, title: x, url: https://c.example/1, note: z, images: [x]}\n",
            {
                "title": "Comet gone",
                "url": "https://c.example/gone",
                "images": [{"url": "https://c.example/1.jpg"}],
            },
        ),
    ],
)
def test_an_item_has_the_keys_of_those_beside_it(text, item):
    key = text.partition(":")[0]
    new = NewItem(values_of(SHORT.encode()), "https://c.example/gone")
    after = values(edit_related(f"---\ntitle: A\n{text}---\n".encode(), [0, new], SITE))[key][1]
    assert list(item) == [name for name in after if name in item]
    extra = {} if {"url", "link", "webUrl"} & item.keys() else {"webUrl": "https://c.example/gone"}
    assert after == item | extra


@pytest.mark.parametrize(
    ("beside", "joins"),
    [
        ('"2026-03-04"', '"2026-03-08"'),
        ("'2026-03-04T10:00:00Z'", "'2026-03-08 00:15:00 +0100'"),
        ("March 4, 2026", '"2026-03-08"'),
        ("2026-03-04", "2026-03-08"),
    ],
)
@pytest.mark.parametrize("own", ["2026-03-01", '"2026-03-01"'])
def test_a_date_is_text_where_those_beside_it_are(beside, joins, own):
    new = NewItem(values_of(SHORT.encode()), "https://c.example/gone")
    text = f"---\ntitle: A\ndate: {own}\nrelated:\n- url: https://c.example/1\n  date: {beside}\n---\n"
    added = edited(text, [0, new]).removeprefix(text.removesuffix("---\n"))
    assert added.endswith(f"\n  date: {joins}\n---\n")


FULL = """---
title: Comet gone
description: A look back.
date: 2026-03-08 00:15:00 +0100
url: https://c.example/gone
tags: [Space]
---
"""
FULL_KEYS = ("url", "date", "title", "description", "tags")


@pytest.mark.parametrize("date", ["2026-03-04", '"2026-03-04"'])
def test_a_copy_in_full_has_days_where_those_beside_it_have(date):
    new = NewItem(values_of(FULL.encode()), "https://c.example/gone")
    item = f"- title: x\n  description: y\n  date: {date}\n  url: https://c.example/1\n  tags: [z]\n"
    text = f"---\ntitle: A\nrelated:\n{item}---\n"
    joined = edited(text, [0, new]).removeprefix(text.removesuffix("---\n"))
    assert f"\n  date: {date.replace('04', '08')}\n" in joined
    assert "A look back." in joined


def test_items_that_leave_out_what_the_article_says_are_no_copies_in_full():
    source = FULL.replace("tags:", "provider: {name: Sky}\nquality: 9\ntags:")
    item = "- title: x\n  url: https://c.example/1\n  date: 2026-03-04\n  description: y\n  tags: [z]\n"
    new = NewItem(values_of(source.encode()), "https://c.example/gone")
    made = listed(edit_related(f"---\ntitle: A\nrelated:\n{item}---\n".encode(), [0, new], SITE))[1]
    assert list(made) == ["title", "url", "date", "description", "tags"]


def test_a_copy_in_full_that_begins_a_list_has_the_order_of_other_lists():
    new = NewItem(values_of(FULL.encode()), "https://c.example/gone")
    shape = Shape(("related",), FULL_KEYS, {"date": ("2026-03-04",), "url": ("https://c.example/1",)})
    (item,) = values(edit_related(b"---\ntitle: A\n---\n", [new], SITE, shape))["related"]
    assert tuple(item) == FULL_KEYS
    assert item["date"] == "2026-03-08"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_brackets_on_a_line_of_their_own_leave_none_behind(newline):
    text = "---\ntitle: A\nrelated: # none yet\n  []\nlayout: b\n---\n"
    new = NewItem({}, "https://c.example/gone")
    made = edited(text.replace("\n", newline), [new])
    assert made == text.replace("  []", "  - webUrl: https://c.example/gone").replace("\n", newline)


def test_of_keys_those_that_half_of_the_items_have():
    text = (
        "related:\n- {title: x, url: https://c.example/1}\n- {title: x, url: https://c.example/2, date: 2026-03-04}\n"
    )
    more = text + "- {title: x, url: https://c.example/3}\n"
    for one, keys in ((text, ["title", "url", "date"]), (more, ["title", "url"])):
        data = edit_related(
            f"---\ntitle: A\n{one}---\n".encode(), [NewItem(values_of(SHORT.encode()), "https://c.example/gone")], SITE
        )
        assert list(listed(data)[0]) == keys


def test_an_address_is_written_as_those_beside_it():
    source = NewItem(
        {"title": Scalar("T", text=True)},
        "news/t.md",
        "news/t.md",
        page="https://c.example/news/t",
        names=lambda _: ["/news/t", "/news/t/", "news/t.md"],
    )
    site = Settings(site_url="https://c.example")

    def url_beside(url, settings=site, new=source):
        text = f"---\ntitle: A\nrelated:\n- title: x\n  url: {url}\n---\n"
        return listed(edit_related(text.encode(), [0, new], settings))[1]

    assert url_beside("/news/a/") == {"title": "T", "url": "/news/t/"}
    assert url_beside("https://c.example/news/a/") == {"title": "T", "url": "https://c.example/news/t/"}
    assert url_beside("https://other.example/") == {"title": "T", "url": "https://c.example/news/t"}
    # without the site's address nobody knows it: the file is named
    unknown = NewItem(source.values, "news/t.md", "news/t.md")
    assert url_beside("https://c.example/news/a/", SITE, unknown) == {"title": "T", "path": "news/t.md"}


@pytest.mark.parametrize(
    ("beside", "joins"),
    [
        ("/news/a/", "/energy/wind/"),
        ("/news/a.html", "/energy/wind/"),
        ("{path: /news/a/}", {"path": "/energy/wind/"}),
        ("https://c.example/news/a", "https://c.example/energy/wind/"),
        # what names files keeps naming files
        ("news/a.md", "news/t.md"),
        ("/news/a.md", "/news/t.md"),
        ("a", "t"),
        ("{id: news/a.md}", {"id": "news/t.md"}),
    ],
)
def test_among_pages_the_address_that_a_file_says_stands_for_it(beside, joins):
    front = values_of(b"---\npermalink: /energy/wind/\n---\n")
    names = ["news/t.md", "t.md", "t", "news/t", "/news/t.md", "/news/t/", "/news/t.html"]
    new = NewItem(front, "https://c.example/energy/wind/", "news/t.md", names=lambda _: names)
    text = f"---\ntitle: A\nrelated:\n- {beside}\n---\n".encode()
    assert values(edit_related(text, [0, new], Settings(site_url="https://c.example")))["related"][1] == joins
    # of another site's address nothing can be left out
    other = Settings(site_url="https://d.example")
    made = values(edit_related(b"---\nrelated: [/news/a/]\n---\n", [0, new], other))["related"][1]
    assert made == "https://c.example/energy/wind/"


ELSEWHERE = {
    "references": (Shape(("related_posts",), (), {"": ("2026-02-01-base",)}), ["n3"]),
    "addresses": (Shape(("links",), (), {"": ("https://c.example/1",)}), ["https://c.example/gone"]),
    "mappings": (
        Shape(("see_also",), ("title", "url", "date"), {"url": ("https://c.example/1",), "date": ("2026-03-04",)}),
        [SHORT_ITEM],
    ),
}


@pytest.mark.parametrize(("shape", "items"), ELSEWHERE.values(), ids=ELSEWHERE.keys())
@pytest.mark.parametrize("empty", ["", "{}:\n", "{}: []\n", "related: true\n"])
def test_a_list_without_items_takes_the_shape_of_others(shape, items, empty):
    new = NewItem(values_of(SHORT.encode()), "https://c.example/gone", "n3")
    (key,) = shape.place
    text = f"---\ntitle: A\n{empty.format(key)}type: article\n---\nBody\n"
    made = edit_related(text.encode(), [new], Settings(fields=FieldMap({"related": (key, "related")})), shape)
    assert values(made)[key] == items
    assert {**values(made), key: None} == {**values(text.encode()), key: None}
    assert made.endswith(b"type: article\n---\nBody\n") or not empty.startswith("{")


def test_a_list_that_others_have_inside_of_something_is_not_made_elsewhere():
    shape = Shape(("extra", "related"), (), {"": ("a",)})
    with pytest.raises(FrontMatterError, match="belongs inside of `extra`"):
        edit_related(b"---\ntitle: A\n---\n", [NEW], SITE, shape)
    # a list that has items says itself how they look
    assert (
        "- https://harbour"
        in edit_related(b"---\nrelated:\n- https://a.example/1\n---\n", [0, NEW], SITE, shape).decode()
    )


def test_the_shape_of_a_site_is_the_commonest_of_its_lists():
    texts = ["[a, b]", "[{title: x, url: y}]", "[{url: y, title: x}, {url: z, title: x}]", "[]", "yes"]
    shapes = [shape_of(values(f"---\ntitle: A\nrelated: {text}\n---\n".encode()), SITE) for text in texts]
    assert shapes[3] is shapes[4] is None
    found = commonest(one for one in shapes if one)
    assert found is not None
    assert (found.place, found.keys, found.examples["url"]) == (("related",), ("title", "url"), ("y", "y", "z"))
    assert commonest([]) is None


def test_a_refusal_names_the_line():
    with pytest.raises(FrontMatterError) as refused:
        edited("---\ntitle: A\n# comment\nrelated: text\n---\n", [NEW])
    assert refused.value.line == 4


# Front matter of every sort: what it holds comes from plain values, how it is written from the dice.
WORDS = st.one_of(
    st.sampled_from(
        ["Ferries", "a: b", "# no comment", "it's", '"quoted"', "- dash", "007", "NO", "2024-02-30", "~", ""]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30),
    st.sampled_from(
        ["東京湾", "😀 🚢", "two\nlines", "back\\slash", "tab\there", "{brace", "[bracket", "*star", "&and"]
    ),
)
ITEMS = st.one_of(
    WORDS.filter(lambda word: bool(word.strip())),
    st.fixed_dictionaries(
        {"title": WORDS, "webUrl": st.integers(1, 99).map(lambda n: f"https://a.example/{n}")},
        optional={
            "excerpt": WORDS,
            "provider": st.fixed_dictionaries({"name": WORDS}),
            "images": st.just([{"url": "u"}]),
        },
    ),
)
FORMS = st.sampled_from(["block", "flow", "literal", "single", "double"])


def _commented(text, dice):
    """Set comments and blank lines around the items of a list in block style."""
    made = []
    for number, line in enumerate(text.splitlines(keepends=True)):
        if line.startswith("- ") and dice.random() < 0.4:
            made += [
                dice.choice(["", "\n"]),
                f"{' ' * dice.choice([0, 0, 1])}# kept {number}\n",
                dice.choice(["", "\n"]),
            ]
        made.append(line)
    return "".join(made) + dice.choice(["", "# kept last\n"])


@st.composite
def files(draw):
    items = draw(st.lists(ITEMS, max_size=4))
    dice = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311
    form = draw(FORMS)

    def written(value, *, indent):
        styles = {"single": "'", "double": '"', "literal": dice.choice(["|", ">", None])}
        text = yaml.dump(
            value,
            default_flow_style=form == "flow",
            default_style=styles.get(form),
            allow_unicode=dice.random() < 0.7,
            width=dice.choice([40, 80, 10_000]),
            indent=dice.choice([2, 4]),
            sort_keys=False,
        )
        return "".join(f"{' ' * indent}{line}\n" if line else "\n" for line in text.rstrip("\n").split("\n"))

    fields = {"title": draw(WORDS), "count": 3, "topics": ["One", "two: three"], "when": "2024-01-01"}
    lines = [written({key: value}, indent=0) for key, value in fields.items()]
    kind = draw(st.sampled_from(["list", "list", "list", "null", "missing", "empty"]))
    if kind == "list" and items:
        text = written({"related": items}, indent=0)
        text = text if form == "literal" else _commented(text, dice)
        lines.append(text if dice.random() < 0.8 else text.replace("related:", "related: &them", 1))
    elif kind == "null":
        lines.append("related:" + dice.choice(["", " ~", " null", "   # none"]) + "\n")
    elif kind == "empty":
        lines.append("related: []" + dice.choice(["", "  # none"]) + "\n")
    if dice.random() < 0.3:
        lines.append("shared: &anchor {a: 1}\nagain: *anchor\n")
    if dice.random() < 0.5:
        dice.shuffle(lines)
    parted = [(dice.choice(["", "", "\n", "# a comment\n"]) + line) for line in lines]
    if dice.random() < 0.5:
        parted.insert(dice.randrange(len(parted) + 1), dice.choice(['secured: "s/x=="\n', "secured: |+\n  s/x==\n\n"]))
    text = "---\n" + "".join(parted) + "---\n" + dice.choice(["", "Body\n", "\nBody: no end"])
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return (("\ufeff" if draw(st.booleans()) else "") + text).encode()


OTHERS = st.sampled_from(
    [
        None,
        Shape(("related",), (), {"": ("https://a.example/1",)}),
        Shape(("related",), ("webUrl", "title"), {"webUrl": ("https://a.example/1",)}),
    ]
)


@given(data=files(), dice=st.randoms(use_true_random=False), new_title=WORDS, elsewhere=OTHERS)
@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
def test_only_the_list_changes_whatever_the_file(data, dice, new_title, elsewhere):
    try:
        before = values(data)
    except FrontMatterError:
        event("cannot be read")
        return
    now = before.get("related") or []
    source = (
        f"---\n{yaml.dump({'title': new_title, 'webUrl': 'https://n.example/1'}, allow_unicode=True)}---\n".encode()
    )
    new = NewItem(values_of(source), "https://n.example/1")
    kept = [place for place in range(len(now)) if dice.random() < 0.8]
    if dice.random() < 0.5:
        dice.shuffle(kept)
    wanted: list[int | NewItem] = [*kept]
    for _ in range(dice.choice([0, 1, 1, 3])):
        wanted.insert(dice.randint(0, len(wanted)), new)
    try:
        changed = edit_related(data, wanted, SITE, elsewhere)
    except FrontMatterError as refusal:
        event(f"refused: {refusal.what}")
        return
    event("edited")
    after = values(changed)
    as_text = 2 * sum(isinstance(item, str) for item in now) > len(now)
    as_text = as_text or (not now and elsewhere is not None and not elsewhere.keys)
    assert {**after, "related": None} == {**before, "related": None}
    assert sealed(changed) == sealed(data)
    assert [one for one in after.get("related") or [] if one not in now or one in now] == [
        _expected(one, now, new_title, all_text=as_text) for one in wanted
    ]
    # Bytes: what stands before the first and after the last line that differs is the list's own.
    old_lines, new_lines = data.split(b"\n"), changed.split(b"\n")
    outside = [
        line for line in old_lines if b"secured" in line or b"shared" in line or b"again" in line or b"Body" in line
    ]
    assert all(line in new_lines for line in outside)
    comments = [[line for line in some if b"# kept" in line] for some in (old_lines, new_lines)]
    assert sorted(comments[0]) == sorted(comments[1])
    if kept == sorted(kept):
        assert comments[0] == comments[1]
    assert (b"\r\n" in changed) == (b"\r\n" in data)
    assert changed.startswith(b"\xef\xbb\xbf") == data.startswith(b"\xef\xbb\xbf")
    again = edit_related(changed, list(range(len(wanted))), SITE)
    assert again == changed


def _expected(one, now, title, *, all_text):
    if isinstance(one, int):
        return now[one]
    if all_text:
        return "https://n.example/1"
    # a title that is nothing but a tag is none
    return {"title": title, "webUrl": "https://n.example/1"} if plain_text(title) else {"webUrl": "https://n.example/1"}


AZURE = Path(__file__).parents[3] / "shared" / "content" / "azure" / "_news"


@pytest.mark.skipif(not AZURE.is_dir(), reason="the real content is not beside the checkout")
def test_real_files_change_by_lines_of_the_list_only():
    every = sorted(AZURE.glob("*.md"))
    files_ = every if SOAKING else every[::40]
    dice = random.Random(5)  # noqa: S311
    for path in files_:
        data = path.read_bytes()
        now = listed(data) or []
        for count in (1, 3):
            news = [NewItem(values_of(other.read_bytes()), "x") for other in dice.sample(every, count)]
            changed = edit_related(data, [*range(len(now)), *news], SITE)
            # what was there is there in one or two whole pieces, the new lines between them
            start = next(place for place, (a, b) in enumerate(zip(data, changed, strict=False)) if a != b)
            assert changed.endswith(data[start:])
            assert len(listed(changed)) == len(now) + count
    told(f"{len(files_):,} real files, one and three items each: changed in their lists only, none refused")


def test_comments_between_items_take_time_that_goes_with_them():
    text = "title: x\nrelated:\n- a\n" + "#\n" * 1_000_000 + "- b\n"
    assert seconds(lambda: find_layout(text, "related")) < PATIENCE
