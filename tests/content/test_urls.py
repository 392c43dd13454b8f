import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.content.urls import canonical_url
from tests.timing import growth

SAME = "https://example.com/2024/story"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/2024/story",
        "http://example.com/2024/story/",
        "HTTPS://WWW.Example.COM/2024/story",
        "https://example.com:443/2024/story",
        "http://example.com:80/2024/story",
        "https://user:word@example.com/2024/story",
        "https://example.com./2024/story",
        "  https://example.com/2024/story\n",
        "https://example.com/2024/story#comments",
        "https://example.com//2024/./x/../story",
        "https://example.com/2024/st%6Fry",
        "https://example.com/2024/story?utm_source=x&utm_medium=y&fbclid=1&gclid=2&mc_cid=3&ocid=4&cmpid=5",
        "https://example.com/2024/story?ref=twitter",
        "https://m.example.com/2024/story",
        "https://amp.example.com/2024/story",
        "https://example.com/2024/story/index.html",
        "https://example.com/2024/story/amp",
        "https://example.com/2024/story/amp/",
        "https://example.com/2024/story.amp",
        "https://example.com/2024/story/amp.html",
        "https://example.com/2024/story?amp",
        "https://example.com/2024/story?amp=1",
        "https://example.com/2024/story?outputType=amp",
        "https://example.com/amp/2024/story",
        "https://example.com/2024/amp/story",
        "https://example.com/google-amp/2024/story",
        "https://example.com/platform/amp/2024/story",
        "https://example.com/.amp/2024/story",
        "https://www-example-com.cdn.ampproject.org/c/s/www.example.com/2024/story/amp",
        "https://www-example-com.cdn.ampproject.org/c/www.example.com/2024/story",
        "https://www-example-com.cdn.ampproject.org/v/s/www.example.com/2024/story?amp_js_v=0.1&usqp=mq331",
        "https://www.google.com/amp/s/www.example.com/2024/story/amp",
        "https://www.google.co.uk/amp/s/example.com/2024/story",
        "https://www-example-com.bing-amp.com/c/s/www.example.com/2024/story",
    ],
)
def test_variants_of_one_address_fold(url):
    assert canonical_url(url) == SAME


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com/s?b=2&a=1", "https://example.com/s?a=1&b=2"),
        ("https://example.com/s.amp.html", "https://example.com/s.html"),
        ("https://example.com/s.amp.AMP.html.amp", "https://example.com/s.html"),
        ("https://example.com/s.amp.htm.amp.html", "https://example.com/s.amp.htm.html"),
        ("https://example.com/s/platform/amp.amp/index.amp.html/", "https://example.com/s"),
        ("https://example.com/s..amp", "https://example.com/s..amp"),
        ("https://example.com/watch?v=AbC", "https://example.com/watch?v=AbC"),
        ("https://example.com/Case/Kept", "https://example.com/Case/Kept"),
        ("https://example.com/?ref=branch-name", "https://example.com?ref=branch-name"),
        ("https://example.com:8080/a", "https://example.com:8080/a"),
        ("https://m.me/desk", "https://m.me/desk"),
        ("https://amp.co.uk/a", "https://amp.co.uk/a"),
        ("https://www.com/a", "https://www.com/a"),
        ("https://example.com/amplifier", "https://example.com/amplifier"),
        ("https://example.com/a b/ü", "https://example.com/a%20b/%C3%BC"),
        ("https://example.com/100%", "https://example.com/100%25"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://[::1]:8000/a", "https://[::1]:8000/a"),
        ("https://cdn.ampproject.org/v0.js", "https://cdn.ampproject.org/v0.js"),
        ("https://example.com", "https://example.com"),
    ],
)
def test_what_is_kept(url, expected):
    assert canonical_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com/story",
        "/2024/story",
        "//example.com/story",
        "mailto:desk@example.com",
        "javascript:alert(1)",
        "ftp://example.com/a",
        "https://",
        "https:///story",
        "https://exa mple.com/",
        "https://example..com/",
        "https://example.com:99999/",
        "https://example.com:port/",
        "https://example.com/\x1b[31m",
        "https://" + "a" * 70_000,
        "https://xn--\ud800.com/",
    ],
)
def test_unusable_addresses_give_nothing(url):
    assert canonical_url(url) == ""


@given(
    st.one_of(
        st.text(),
        st.builds(
            "{}://{}/{}{}".format,
            st.sampled_from(["http", "https", "HTTPS"]),
            st.lists(
                st.sampled_from(
                    ["www", "m", "amp", "example", "com", "co", "uk", "cdn.ampproject.org", "google.com", "ü"]
                )
            ).map(".".join),
            st.lists(
                st.sampled_from(
                    [
                        "amp",
                        ".amp",
                        "a",
                        "..",
                        ".",
                        "",
                        "index.html",
                        "x.amp",
                        "amp.html",
                        "c",
                        "s",
                        "www.example.com",
                        "%61mp",
                        "%2F",
                        "%",
                        "é",
                        "x.amp.html",
                        "google-amp",
                        "platform",
                        "article-amp",
                        "amp_articleshow",
                    ],
                ),
            ).map("/".join),
            st.lists(st.sampled_from(["?", "&", "a=1", "amp", "amp=1", "utm_x=1", "#", "%3d", "=", "%26"])).map(
                "".join
            ),
        ),
    ),
)
def test_folding_again_changes_nothing(url):
    once = canonical_url(url)
    assert canonical_url(once) == once
    assert once == "" or once.startswith("https://")
    assert once.isascii()


@pytest.mark.parametrize(
    ("before", "repeated", "after"),
    [
        ("https://example.com/a", ".amp", ""),
        ("https://example.com/a", ".amp", "!"),
        ("https://example.com/a", ".amp.html", ".amp"),
        ("https://example.com", "/index.html", ""),
        ("https://example.com", "/platform/amp.amp", "/"),
        ("https://example.com/", "amp/", ""),
        ("https://example.com/", "x.amp", ""),
        ("https://example.com/", "../", ""),
        ("https://cdn.ampproject.org/c/s/example.com/", "c/s/cdn.ampproject.org/", "a"),
        ("https://example.com/?", "&", ""),
        ("https://", "www.", "com"),
    ],
)
def test_hostile_addresses_take_time_by_their_length(before, repeated, after):
    small, large = (before + repeated * (length // len(repeated)) + after for length in (2_000, 16_000))
    fold = canonical_url.__wrapped__  # what was folded before is kept
    assert fold(large) != ""
    assert growth(fold, small, large) < 24


def test_import_is_light():
    code = "import sys, search.content.urls as u; print(sorted({'urllib.parse', 'yaml', 'idna'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
