import os

import pytest

from search.content.fields import FieldMap
from search.content.settings import Settings, load_settings
from search.errors import UsageError


def test_defaults_without_file(tmp_path):
    assert load_settings(tmp_path) == Settings()


def test_settings_of_a_site(tmp_path):
    (tmp_path / "search.toml").write_text(
        '[fields]\ntitle = ["headline", "title"]\nexcerpt = "teaser"\n'
        '[content]\ninclude = ["posts/**/*.md"]\nexclude = "drafts"\nsite_url = "https://example.com"\n'
        "topics_by_spaces = false\n"
    )
    assert load_settings(tmp_path) == Settings(
        fields=FieldMap({"title": ("headline", "title"), "excerpt": ("teaser",)}),
        include=("posts/**/*.md",),
        exclude=("drafts",),
        site_url="https://example.com",
        topics_by_spaces=False,
    )


def test_a_byte_order_mark_is_no_fault(tmp_path):
    (tmp_path / "search.toml").write_bytes(b"\xef\xbb\xbf[content]\r\nexclude = ['drafts']\r\n")
    assert load_settings(tmp_path).exclude == ("drafts",)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("[field]\n", "unknown table: 'field'", "fields"),
        ("[fields]\ntitel = 'x'\n", "unknown key in [fields]: 'titel'", "title"),
        ("[content]\nincludes = ['x']\n", "unknown key in [content]: 'includes'", "include"),
        ("[content]\nzzz = 1\n", "unknown key", "known:"),
        ("fields = 1\n", "fields is not a table", "[fields]"),
        ("[fields]\ntitle = 1\n", "title takes text", "title ="),
        ("[fields]\ntitle = ['']\n", "title holds an empty text", "title ="),
        ("[content]\nexclude = ['a', ' ']\n", "exclude holds an empty text", "exclude ="),
        ('[fields]\ntitle = "a\\u001b[31m"\n', "title holds characters that are not seen: 'a\\x1b[31m'", "anew"),
        ("[content]\nexclude = 'a\u202eb'\n", "exclude holds characters that are not seen: 'a\\u202eb'", "anew"),
        ("\ufeff[content\n", ":1: no TOML", ""),
        ("[content]\ninclude = ['/etc/*']\n", "not relative", ""),
        ("[content]\nexclude = ['../x']\n", "outside", ""),
        ("[content]\nsite_url = 'example'\n", "site_url", "https://"),
        ("[content]\nsite_url = 5\n", "site_url", "https://"),
        ("[content]\ntopics_by_spaces = 'no'\n", "topics_by_spaces is neither true nor false", "= false"),
        ("[content]\ninclude = [\n", ":2: no TOML", ""),
        ("[content\n", ":1: no TOML", ""),
        ("x = " + "[" * 5_000, "no TOML", ""),
        ("#" * 300_000, "larger than 256 kB", ""),
        (f"[content]\nexclude = ['{'*a' * 600}']\n", "more than 1,000 characters", ""),
        ("[desk]\ndecisions = '.git/hooks/decided.jsonl'\n", "decisions is a path into what git keeps", "decisions ="),
        ("[desk]\ndecisions = 'x/.GIT/decided.jsonl'\n", "decisions is a path into what git keeps", "decisions ="),
        ("[desk]\ndecisions = './.git/decided.jsonl'\n", "decisions is a path into what git keeps", "decisions ="),
    ],
)
def test_settings_that_cannot_be_used(tmp_path, text, message, hint):
    (tmp_path / "search.toml").write_text(text)
    with pytest.raises(UsageError) as caught:
        load_settings(tmp_path)
    assert str(tmp_path / "search.toml") in caught.value.message
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.hint[0].islower(), "hints are alike"
    assert not caught.value.hint.endswith(".")


def test_one_pattern_may_stand_without_a_list(tmp_path):
    (tmp_path / "search.toml").write_text("[content]\nexclude = 'drafts/**'\n")
    assert load_settings(tmp_path).exclude == ("drafts/**",)


def test_settings_that_are_not_utf8(tmp_path):
    (tmp_path / "search.toml").write_bytes(b"[fields]\ntitle = '\xff'\n")
    with pytest.raises(UsageError, match=":2: not UTF-8"):
        load_settings(tmp_path)


def test_settings_that_are_a_folder(tmp_path):
    (tmp_path / "search.toml").mkdir()
    with pytest.raises(UsageError, match="cannot be read: no regular file"):
        load_settings(tmp_path)


def test_settings_that_would_be_waited_for_for_ever(tmp_path):
    os.mkfifo(tmp_path / "search.toml")
    with pytest.raises(UsageError, match="cannot be read: no regular file"):
        load_settings(tmp_path)


@pytest.mark.parametrize(
    ("target", "what"),
    [
        ("/dev/zero", "no regular file"),
        ("../outside.toml", "leaves the content root"),
        ("gone.toml", "leads nowhere"),
        ("search.toml", "Too many levels"),
    ],
)
def test_settings_behind_a_link_that_must_not_be_followed(tmp_path, target, what):
    (tmp_path / "outside.toml").write_text("[content]\nexclude = 'x'\n")
    root = tmp_path / "root"
    root.mkdir()
    (root / "search.toml").symlink_to(target)
    with pytest.raises(UsageError, match=what) as caught:
        load_settings(root)
    assert "exclude" not in caught.value.message


def test_settings_behind_a_link_within_the_content(tmp_path):
    (tmp_path / "config.toml").write_text("[content]\nexclude = 'x'\n")
    (tmp_path / "search.toml").symlink_to("config.toml")
    assert load_settings(tmp_path).exclude == ("x",)
