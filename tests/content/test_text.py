import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.content.text import document_text, plain_text
from tests.timing import growth


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        ("  two   spaces ", "two spaces"),
        ("line\none\ttab", "line one tab"),
        ("Q&amp;A", "Q&A"),
        ("Q&amp;amp;A", "Q&A"),
        ("it&#8217;s", "it’s"),
        ("non&nbsp;breaking", "non breaking"),
        ("<b>bold</b> and <i class='x'>it</i>.", "bold and it."),
        ("<p>one</p><p>two</p>", "one two"),
        ("a<br/>b", "a b"),
        ("&lt;b&gt;hidden&lt;/b&gt;", "hidden"),
        ('<a href="x>y">link</a>', "link"),
        ("<script>alert(1)</script>text", "text"),
        ("<style>p{}</style>text<!-- note -->", "text"),
        ("a < b and c > d", "a < b and c > d"),
        ("List<T> in C#", "List<T> in C#"),
        ("I <3 news", "I <3 news"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x9b31mred", "red"),
        ("bell\x07 nul\x00", "bell nul"),
        ("abc\u202egnp.exe", "abcgnp.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("soft\u00adhyphen", "softhyphen"),
        ("نمی\u200cشود", "نمی\u200cشود"),
        ("نمی&amp;zwnj;شود", "نمی\u200cشود"),
        ("نمی\u200c\u200b\u200cشود", "نمی\u200cشود"),
        ("\u200cنمی\u200c شود\u200d", "نمی شود"),
        ("۵\u200cساله", "۵\u200cساله"),
        ("क\u094d\u200dष", "क\u094d\u200dष"),
        ("അവന\u0d4d\u200d", "അവന\u0d4d\u200d"),
        ("👩\U0001f3fd\u200d💻", "👩\U0001f3fd\u200d💻"),
        ("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"),
        ("👩\u200c💻\u200d", "👩💻"),
        ("fer\u200cry \u200dca\u200dfé", "ferry café"),
        ("北\u200d京", "北京"),
        ("e\u0301", "é"),
        ("lone\ud800", "lone"),
        ("AT&T", "AT&T"),
        ("", ""),
    ],
)
def test_what_a_reader_would_see(value, expected):
    assert plain_text(value) == expected


fragments = st.sampled_from(
    [
        "&",
        "amp;",
        "&amp;",
        "lt;",
        "<",
        ">",
        "b",
        "<b>",
        "</b>",
        "<p>",
        "script",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "\x1b",
        "[",
        "m",
        "]",
        "\x07",
        "\u200b",
        "\u200c",
        "\u200d",
        "\ufe0f",
        "\u094d",
        "ی",
        "🔥",
        "\u0301",
        "e",
        " ",
        "#3",
        "8;",
        "\n",
        "'",
        '"',
        "<![CDATA[",
        "]]>",
        "\x9b",
        "\u0338",
    ],
)


@given(st.one_of(st.text(), st.lists(fragments, max_size=30).map("".join)))
def test_doing_it_again_changes_nothing(value):
    once = plain_text(value)
    assert plain_text(once) == once


@given(st.one_of(st.text(), st.lists(fragments, max_size=30).map("".join)))
def test_nothing_active_is_left(value):
    once = plain_text(value)
    assert not [c for c in once if unicodedata.category(c) in {"Cc", "Cs"}]
    assert not set(once) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200b\ufeff")
    assert "  " not in once
    assert once == once.strip()
    assert unicodedata.is_normalized("NFC", once)


@pytest.mark.parametrize(
    "piece",
    [
        "word ",
        "&amp;",
        "amp;&",
        "<b>",
        "<",
        "<a ",
        '<a "',
        "<a '<a \"",
        "<script>",
        "<!--",
        "\x1b]",
        "\x1b[",
        "&#3&#56;",
        "<<b>b>",
        "&am\x00p;",
        "<![CDATA[",
        "\u0315\u0300",
        "ی\u200c",
        "\u200c\u200d",
        "\u0344",
        "é\u0315",
    ],
)
@pytest.mark.parametrize("before", ["", "&", "a"])
def test_long_hostile_text_takes_time_in_proportion_to_its_length(piece, before):
    small, large = (before + piece * (size // len(piece)) for size in (10_000, 40_000))
    assert growth(plain_text, small, large) < 9


def test_marks_beyond_thirty_on_a_base_are_dropped():
    assert plain_text("q" + "\u0315\u0300" * 20) == "q" + "\u0300" * 15 + "\u0315" * 15
    assert plain_text("q" + "\u0344" * 20 + "e\u0301") == "q" + "\u0308\u0301" * 15 + "é"
    assert plain_text("q" + "\u0301" * 30) == "q" + "\u0301" * 30
    assert plain_text("—" * 99 + "😀" * 99) == "—" * 99 + "😀" * 99


def test_what_is_not_seen_is_removed():
    unseen = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf"]
    # Signs that stand below or before numbers, and are seen.
    signs = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
    assert {one for one in unseen if plain_text(f"a{one}b") != "ab"} == set(signs) & set(unseen)


@pytest.mark.parametrize(
    ("title", "excerpt", "expected"),
    [
        ("Harbour opens", "Ships arrive.", "Harbour opens. Ships arrive."),
        ("Will it open?", "Yes.", "Will it open? Yes."),
        ("Harbour opens", "", "Harbour opens"),
        ("Same", "Same", "Same"),
        ("", "Only this", "Only this"),
    ],
)
def test_document_text_is_title_and_excerpt(title, excerpt, expected):
    assert document_text(title, excerpt) == expected
