"""Nothing of a sealed field is shown, and everything else is."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from search.content.yaml_reader import read_yaml
from search.desk.apply import Change
from search.desk.sealed import NOT_SHOWN, without_sealed
from tests.soak import times

SECRET = "SECRET"  # noqa: S105 - a text to look for


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a: 1\nsecured: S\nb: 2", "a: 1\nsecured: …\nb: 2"),
        ("secured: |\n  S\n\n  S\nb: 2", "secured: …\nb: 2"),
        ("secured:\n- S\n- S\nb: 2", "secured: …\nb: 2"),
        ('related:\n  - "secured": "S"\n    title: T', 'related:\n  - "secured": …\n    title: T'),
        (
            "related:\n  - title: T\n    secured: >-\n      S\n    url: U",
            "related:\n  - title: T\n    secured: …\n    url: U",
        ),
        ("a: 1\nsecured: S\n", "a: 1\nsecured: …\n"),
        ("- {title: A, secured: S, url: U}", "- {title: A, secured: …, url: U}"),
        ('- {secured: "S, S", url: U}', "- {secured: …, url: U}"),
        ("title: the secured: a novel", NOT_SHOWN),
        ("title: 'the secured: a novel'", "title: 'the secured: a novel'"),
        ("é: 𝕏\r\nsecured: S # S\r\nb: 2\r\n", "é: 𝕏\r\nsecured: …\r\nb: 2\r\n"),
        ("secured: {secured: S, a: [S, {secured: S}]}\nb: 2", "secured: …\nb: 2"),
        ("secured:\nb: 2", "secured: …\nb: 2"),
        ("a: &k secured\nb: {*k : S, c: 3}", "a: &k secured\nb: {*k: …, c: 3}"),
        ("? {secured: S}\n: 1\nsecured: S", "? {secured: …}\n: 1\nsecured: …"),
        ("a: 1\n# secured: S\nb: 2", "a: 1\n# secured: …\nb: 2"),
        ("a: 1\n# secured: >-\n#   S\n\n#   S\nb: 2\n# c", "a: 1\n# secured: …\nb: 2\n# c"),
        ("a:\n- b\n#  - secured:\n#    - S\n- c # d", "a:\n- b\n#  - secured: …\n- c # d"),
        ("a: 1 # secured: S\nb: 2 # c", "a: 1 # secured: …\nb: 2 # c"),
        ("a: # secured: S\n  b: | # secured: S\n    c\n", "a: # secured: …\n  b: | # secured: …\n    c\n"),
        ("secured: S # secured: >-\n  # S\nb: 2", "secured: …\nb: 2"),
        ("a: 'x # secured: b'\n# secured: S\r\nb: 2", "a: 'x # secured: b'\n# secured: …\r\nb: 2"),
        ("{'a # b': c, secured: S, d: [e] # secured: S\n}", "{'a # b': c, secured: …, d: [e] # secured: …\n}"),
    ],
    ids=[
        "plain", "block", "same-indent-list", "item", "folded", "at-the-end", "flow", "flow-quoted", "no-yaml",
        "no-key", "characters-and-a-comment", "nested", "no-value", "alias-as-key", "mapping-as-key", "commented-out",
        "commented-out-lines", "commented-out-list", "behind-a-value", "behind-a-key", "behind-a-sealed-field",
        "no-comment", "flow-and-comments",
    ],
)  # fmt: skip
def test_sealed_values_are_hidden(text, shown):
    assert without_sealed(text) == shown


FORMS = {
    "flow nested": "related: [{title: a, secured: {x: 1, y: SECRET}}]\n",
    "flow list": "related: [{title: a, secured: [1, SECRET]}]\n",
    "json in a line": '{"title":"x","secured":{"a":1,"b":"SECRET"}}\n',
    "json with tabs": '{\n\t"secured": "SECRET"\n}\n',
    "toml": 'secured = "SECRET"\n',
    "toml table": '[secured]\nx = "SECRET"\n',
    "explicit key": "? secured\n: SECRET\n",
    "escaped key": '"\\x73ecured": SECRET\n',
    "tagged key": "!!str secured: SECRET\n",
    "anchored key": "&k secured: SECRET\n",
    "tab before the colon": "secured\t: SECRET\n",
    "upper": "Secured: SECRET\n",
    "capitals": "SECURED: SECRET\n",
    "flow on lines": "related: [{title: a,\n  secured:\n   SECRET}]\n",
    "flow on lines, quoted": 'related: [{title: a,\n  secured: "1\n SECRET"}]\n',
    "flow, quoted over lines": 'related: [{title: a, secured: "1\n SECRET"}]\n',
    "quoted, without indent": 'a:\n  secured: "x\nSECRET"\n',
    "flow value in a block": "secured: {a: 1,\nb: SECRET}\n",
    "anchor in a flow": "a: 1\nx: {b: 2, &q secured: SECRET}\n",
    "tab after a dash": "-\tsecured: SECRET\n",
    "quoted over a blank line": 'secured: "x\n\n SECRET"\n',
}


def diff(before, after):
    return Change("a.md", Path("a.md"), before.encode(), after.encode()).shown_diff()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("fences", [("---\n", "---\n"), ("+++\n", "+++\n"), ("---json\n", "---\n"), ("", "")])
def test_no_form_of_a_sealed_field_is_in_a_diff(form, fences):
    opening, closing = fences
    text = f"{opening}{FORMS[form]}{closing}The text.\n"
    for other in (
        text.replace("The", "A"),
        f"{opening}title: b\n{FORMS[form]}{closing}The text.\n",
        f"{opening}{closing}The text.\n",
        f"{opening}{FORMS[form]}",  # the closing fence is gone
        f"{opening}{closing}{FORMS[form]}The text.\n",
    ):
        for both in ((text, other), (other, text)):
            assert SECRET not in diff(*both)
            assert diff(*both) or text == other, "that something was changed is said"


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ("+++\ntitle = 'b'\nsecured = 'SECRET'\n+++\nText.\n", "that was changed"),
        ("---\ntitle: 'b\nsecured: SECRET\n---\nText.\n", "that was changed"),
        ("---\ntitle: b\nsecured: SECRET\nText.\n", "that was changed"),
        ("\n\n---\ntitle: b\nsecured: SECRET\n---\nText.\n", "that was changed"),
        ("---\ntitle: a\n---\nsecured: SECRET\n---\nText.\n", "may hold a sealed field"),
    ],
    ids=["toml", "no-yaml", "no-end", "blank-lines-above", "a-fence-too-many"],
)
def test_what_cannot_be_read_for_sure_is_not_shown_but_that_it_changed(other, told):
    before = "---\ntitle: a\nsecured: SECRET\n---\nText.\n"
    shown = diff(before, other)
    assert SECRET not in shown
    assert told in shown


# The secret is in characters that nothing else has, and in YAML's own, so that it is quoted and folded in all ways.
SECRETS = st.text(st.sampled_from("QXZ: #'\"\\\n{}[],&*-|>!%@`?"), min_size=1).filter(
    lambda text: set("QXZ") & set(text)
)
KEYS = st.text(st.sampled_from("abcdé雪 :-#'\"\n"), min_size=1, max_size=8)
PLAIN = st.none() | st.booleans() | st.integers() | st.text(st.sampled_from("abé雪𝕏 :-#'\"\\\n"), max_size=12)
SEALED_VALUES = st.recursive(
    SECRETS,
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(SECRETS, inner, min_size=1, max_size=3),
)
SEALED = st.dictionaries(st.sampled_from(["secured", "Secured", "SECURED"]), SEALED_VALUES, max_size=2)
TREES = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(st.dictionaries(KEYS, inner, max_size=3), SEALED, st.booleans()).map(
            lambda some: {**some[1], **some[0]} if some[2] else {**some[0], **some[1]}
        )
    ),
    max_leaves=12,
)


@given(
    fields=st.tuples(st.dictionaries(KEYS, TREES, max_size=3), SEALED),
    flow=st.sampled_from([None, True, False]),
    quotes=st.sampled_from([None, '"', "'", "|", ">"]),
    width=st.sampled_from([8, 40, 1000]),
    indent=st.sampled_from([2, 4]),
    unicode=st.booleans(),
)
@settings(max_examples=times(300, 5000), deadline=None)
def test_whatever_is_sealed_never_shows(fields, flow, quotes, width, indent, unicode):
    values = {**fields[0], **fields[1], "title": "a"}
    text = yaml.safe_dump(
        values,
        default_flow_style=flow,
        default_style=quotes,
        width=width,
        indent=indent,
        allow_unicode=unicode,
        sort_keys=False,
    )
    shown = without_sealed(text)
    assert not set("QXZ") & set(shown.replace(NOT_SHOWN, "").replace("\\U0001D54F", ""))
    if shown != NOT_SHOWN:
        assert read_yaml(shown.encode()) == read_yaml(text.encode()), "everything else is shown"
    file = f"---\n{text}---\nText.\n"
    assert not set("QXZ") & set(diff(file, file.replace("title", "headline")).replace("\\U0001D54F", ""))
