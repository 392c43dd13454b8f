import io
import subprocess
import sys
import tracemalloc

import pytest

from search.content.fence import MAX_FRONT_MATTER
from search.content.frontmatter import FrontMatter, FrontMatterError, read_front_matter
from search.content.yaml_reader import MAX_REPEATED
from tests.timing import PATIENCE, seconds


def read(data: str | bytes) -> FrontMatter | None:
    return read_front_matter(io.BytesIO(data.encode() if isinstance(data, str) else data))


def fault(data: str | bytes) -> tuple[int, str]:
    with pytest.raises(FrontMatterError) as caught:
        read(data)
    assert "\n" not in caught.value.what
    assert caught.value.todo
    return caught.value.line, caught.value.what


@pytest.mark.parametrize(
    "data",
    [
        "---\ntitle: Tide\n---\nbody",
        "---  \ntitle: Tide\n---  \n",
        "---\ntitle: Tide\n---",
        "---\ntitle: Tide\n...\n",
        "---\r\ntitle: Tide\r\n---\r\nbody",
        "\ufeff---\ntitle: Tide\n---\n",
        "+++\ntitle = 'Tide'\n+++\n",
        "+++\r\ntitle = 'Tide'\r\n+++\r\n",
        '{"title": "Tide"}\nbody',
        '{\n  "title": "Tide"\n}\n\nbody \xe9',
        b'{"title": "Tide"}\nbody that is not UTF-8 \xff',
        b"---\ntitle: Tide\n---\nbody that is not UTF-8 \xff\x00",
        "---\ntitle: Tide\n--- \n---- more\n",
        '---json\n{"title": "Tide"}\n---\nbody',
        '--- JSON \r\n\r\n  {\r\n"title": "Tide"\r\n}\r\n---\r\nbody',
        "---yaml\ntitle: Tide\n---\n",
        "---yml\ntitle: Tide\n---\n",
        "---toml\ntitle = 'Tide'\n---\nbody",
    ],
)
def test_front_matter_of_every_generator(data):
    front = read(data)
    assert front is not None
    assert front.values == {"title": "Tide"}
    assert front.faults == ()


@pytest.mark.parametrize(
    "data",
    [
        "",
        "# Title\n",
        "<!doctype html>",
        "{% include x %}",
        "{{ page }}",
        "----\n",
        "--- x\n",
        "---xml\n<a/>\n---\n",
        "text",
    ],
)
def test_file_without_front_matter(data):
    assert read(data) is None


@pytest.mark.parametrize(
    "data", ["---\n---\n", "---\n\n---", "---\n# only a comment\n---\n", "+++\n+++\n", "{}", "---json\n---\n"]
)
def test_empty_front_matter_is_an_empty_mapping(data):
    front = read(data)
    assert front is not None
    assert front.values == {}


@pytest.mark.parametrize(
    "written", ["NO", "yes", "12:30", "2024", "1e3", "007", "0x1F", "2024-02-30", "1_000", "=", "3.10"]
)
def test_yaml_scalar_stays_as_written(written):
    front = read(f"---\ntitle: {written}\n---\n")
    assert front is not None
    assert front.values == {"title": written}


@pytest.mark.parametrize(
    ("written", "expected"), [("null", None), ("~", None), ("", None), ('"null"', "null"), ("''", "")]
)
def test_only_an_unquoted_nothing_is_none(written, expected):
    front = read(f"---\ntitle: {written}\n---\n")
    assert front is not None
    assert front.values == {"title": expected}


@pytest.mark.parametrize(
    ("data", "line", "part"),
    [
        ("---\ntitle: Tide\n", 1, "no closing line"),
        ("---", 1, "no closing line"),
        ("+++\ntitle = 'x'\n", 1, "no closing line"),
        ("\n\n---\ntitle: Tide\n---\n", 3, "begins on line 3"),
        (b"---\ntitle: Tide\nexcerpt: caf\xe9\n---\n", 3, "not UTF-8"),
        (b"\xff\xfe-\x00-\x00-\x00", 1, "UTF-16"),
        ("---\ntitle: Tide\nexcerpt: a\0b\n---\n", 3, "NUL byte"),
        ("---\ntitle: Tide\nexcerpt: a\x1b[31mb\n---\n", 3, "control character"),
        ("---\ntitle: Tide\nprovider:\n\tname: x\n---\n", 4, "tab"),
        ("---\ntitle: Storm: what now\n---\n", 2, "colon"),
        ('---\ntitle: Tide\nexcerpt: "open\n---\n', 3, "quote"),
        ("---\ntitle: @tide\n---\n", 2, "reserves"),
        ("---\ntitle: *tide\n---\n", 2, "`*`"),
        ("---\ntitle: [a, b\n---\n", 2, "bracket"),
        ("---\ntitle: 'it's'\n---\n", 2, "quote"),
        ('---\ntitle: "\\q"\n---\n', 2, "backslash"),
        ("---\n- a\n- b\n---\n", 2, "no mapping"),
        ("---\njust text\n---\n", 2, "no mapping"),
        ("---\na: &a [*a]\n---\n", 2, "inside of what it names"),
        ("---\na: &a\n  <<: *a\n---\n", 3, "inside of what it names"),
        ("+++\ntitle = 'x'\ndate = nonsense\n+++\n", 3, "no TOML"),
        ('{"title": \n "x",,}', 2, "no JSON"),
        ('{"title": "x"', 1, "no JSON"),
        ('---json\n{"title": "x",\n,}\n---\n', 3, "no JSON"),
        ("---js\n{title: 'x'}\n---\n", 1, "JavaScript front matter is not read"),
        ("--- javascript\n{title: 'x'}\n---\n", 1, "JavaScript front matter is not read"),
        ("---toml\ntitle = 'x'\n+++\n", 1, "no closing line"),
    ],
)
def test_bad_front_matter_names_the_line_and_the_fault(data, line, part):
    where, what = fault(data)
    assert line == where
    assert part in what


@pytest.mark.parametrize(
    ("data", "line", "part"),
    [
        ("---\ntitle: a\ndate: x\ntitle: b\n---\n", 4, "`title` stands twice"),
        ("---\ntitle: a\nrelated:\n- a\nrelated:\n- b: {c: 1}\n  d: 2\n---\n", 5, "`related` stands twice"),
        ("---\ntitle: a\nx:\n- b:\n    c: 1\n  b:\n    c: 2\n---\n", 6, "`b` stands twice"),
        ("---\ntitle: a\ntitle:\n  b\n---\n", 3, "`title` stands twice"),
        ("---\ntitle: a\nx: !!python/object:os.system {}\n---\n", 3, "YAML tag"),
        ("---\ntitle: a\nx: !important text\n---\n", 3, "YAML tag"),
        ("---\ntitle: a\n? [x, y]\n: z\n---\n", 3, "a key is a list"),
        ("---\ntitle: a\n<<: text\n---\n", 3, "merges something"),
    ],
)
def test_fault_that_keeps_the_rest_readable(data, line, part):
    front = read(data)
    assert front is not None
    assert front.values["title"] in {"a", "b"}
    assert [part in found.what for found in front.faults] == [True]
    assert front.faults[0].line == line


def test_repeated_key_keeps_the_last():
    front = read("---\ntitle: a\ntitle: b\n---\n")
    assert front is not None
    assert front.values == {"title": "b"}


def test_merge_keys_and_aliases_work():
    front = read("---\nbase: &b {name: x, domain: y}\nprovider:\n  <<: *b\n  name: z\nagain: *b\n---\n")
    assert front is not None
    assert front.values["provider"] == {"name": "z", "domain": "y"}
    assert front.values["again"] == {"name": "x", "domain": "y"}


@pytest.mark.parametrize(
    "data",
    [
        "---\nsecured: opaque-token-77\ntitle: x\nrelated:\n  - secured: opaque-token-77\n---\n",
        "+++\nsecured = 'opaque-token-77'\ntitle = 'x'\n[[related]]\nsecured = 'opaque-token-77'\n+++\n",
        '{"secured": "opaque-token-77", "title": "x", "related": [{"secured": "opaque-token-77"}]}',
        "---\nsecured:\n  opaque-token-77: 1\n  opaque-token-77: 2\ntitle: x\n---\n",
        "---\nsecured: &s opaque-token-77\ntitle: x\nexcerpt: *s\n---\n",
        "---\nsecured: {a: &s {b: opaque-token-77}, c: [&t opaque-token-77]}\ntitle: x\n<<: *s\ntype: *t\n---\n",
        "---\nSecured: opaque-token-77\ntitle: x\n---\n",
    ],
)
def test_secured_is_never_kept(data):
    front = read(data)
    assert front is not None
    assert "opaque" not in repr(front)
    assert "secured" not in repr(front.values).lower()


@pytest.mark.parametrize(
    "data",
    [
        '---\nsecured: "opaque-token-77\ntitle: x\n---\n',
        "---\nsecured: opaque-token-77: x\n---\n",
        "---\nsecured: *opaque-token-77\n---\n",
        "---\nsecured: !opaque-token-77!x y\n---\n",
        "---\nsecured: @opaque-token-77\n---\n",
        "+++\nsecured = opaque-token-77\n+++\n",
        "+++\nsecured = 'opaque-token-77\n+++\n",
        '{"secured": "opaque-token-77\n"}',
    ],
)
def test_secured_is_never_quoted_by_an_error(data):
    with pytest.raises(FrontMatterError) as caught:
        read(data)
    assert "opaque" not in f"{caught.value} {caught.value.what} {caught.value.todo}"


bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)
merges = (
    "a0: &a0 {"
    + ",".join(f"k{n}: 1" for n in range(500))
    + "}\n"
    + "".join(f"b{n}: {{<<: *a0}}\n" for n in range(50_000))
)
HOSTILE = {
    "nested flow lists": "---\na: " + "[" * 100_000 + "\n---\n",
    "nested flow mappings": "---\na: " + "{a: " * 100_000 + "\n---\n",
    "nested block lists": "---\na:\n " + "- " * 100_000 + "\n---\n",
    "nested keys": "---\n" + "? " * 100_000 + "\n---\n",
    "alias bomb": f"---\n{bomb}---\n",
    "alias bomb of text": f"---\nbig: &b '{'x y ' * 25_000}'\nrelated:\n" + "- {title: *b}\n" * 2_000 + "---\n",
    "merge bomb of text": f"---\nbig: &b {{a: [{'x' * 50_000}]}}\n"
    + "".join(f"k{n}: {{<<: *b}}\n" for n in range(2_000)),
    "merge bomb": f"---\n{merges}---\n",
    "many values": "---\na: [" + "a," * 900_000 + "]\n---\n",
    "many lists": "---\na: [" + "[]," * 600_000 + "]\n---\n",
    "many keys": "---\n" + "".join(f"k{n}: v\n" for n in range(150_000)) + "---\n",
    "more than 2 MB": "---\nexcerpt: " + "word " * 500_000 + "\n---\n",
    "2 MB without end": "---\nexcerpt: " + "word " * 5_000_000,
    "nested TOML": "+++\na = " + "[" * 100_000 + "\n+++\n",
    "dotted TOML": "+++\n" + "a." * 100_000 + "a = 1\n+++\n",
    "large TOML": "+++\n" + "".join(f"k{n} = 1\n" for n in range(100_000)) + "+++\n",
    "nested JSON": '{"a": ' + "[" * 100_000,
    "number of JSON": '{"a": ' + "1" * 100_000 + "}",
    "large JSON": '{"a": "' + "x" * (MAX_FRONT_MATTER + 10),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_front_matter_is_refused_fast_and_small(name):
    data = HOSTILE[name].encode()
    assert seconds(lambda: fault(data)) < PATIENCE
    tracemalloc.start()
    fault(data[: 3 * MAX_FRONT_MATTER])
    assert tracemalloc.get_traced_memory()[1] < 200e6
    tracemalloc.stop()


@pytest.mark.parametrize(
    "first",
    [
        "a: &a {text}\n",
        "a: &a [{text}]\n",
        "a: &a {{k: [{text}]}}\n",
        "b: &b {text}\na: &a [*b]\n",
        "? &a {text}\n: x\n",
    ],
)
def test_text_counts_as_often_as_aliases_repeat_it(first):
    text = "x" * (MAX_REPEATED // 20)
    uses = "".join(f"k{n}: *a\n" for n in range(18))
    assert read("---\n" + first.format(text=text) + uses + "---\n") is not None
    line, what = fault("---\n" + first.format(text=text) + uses + "x: *a\ny: *a\nz: *a\n---\n")
    assert what == "aliases repeat more than 1,000,000 characters of text"
    assert line > 18


def test_deep_nesting_does_not_crash_the_interpreter():
    code = (
        "import io\nfrom search.content.frontmatter import *\n"
        "for text in ('[', '{a: ', '- ', '? ', '!x [', '&a ['):\n"
        "    try:\n        read_front_matter(io.BytesIO(b'---\\na:\\n ' + text.encode() * 100_000 + b'\\n---\\n'))\n"
        "    except FrontMatterError as error:\n        print(error.line)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["3"] * 6


def test_body_of_50_mb_is_not_read():
    class Counting(io.BytesIO):
        total = 0

        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            self.total += len(data)
            return data

    stream = Counting(b"---\ntitle: x\n---\n" + b"word " * 10_000_000)
    assert read_front_matter(stream) is not None
    assert stream.total < 100_000


def test_closing_fence_across_a_read_boundary_is_found():
    for filler in range(16_360, 16_390):
        front = read("---\ntitle: " + "x" * filler + "\n---\nbody\n")
        assert front is not None
        assert len(front.values["title"]) == filler


def test_line_of_values():
    front = read("---\ntitle: x\nrelated:\n  - title: a\n  - title: b\n    date: c\n---\n")
    assert front is not None
    assert [
        front.line_of("title"),
        front.line_of("related"),
        front.line_of("related", 1),
        front.line_of("related", 1, "date"),
        front.line_of("related", 9),
        front.line_of("title", "deeper"),
    ] == [2, 3, 5, 6, 3, 2]


def test_line_of_values_is_unknown_where_the_composer_of_yaml_gives_up():
    front = read("---\ntitle: &a x\nexcerpt: &a y\n---\n")
    assert front is not None
    assert front.values == {"title": "x", "excerpt": "y"}
    assert front.line_of("title") == 0


def test_line_of_values_in_toml_and_json():
    toml = read("+++\ntitle = 'x'\ndate = 'y'\n+++\n")
    json = read('{\n "title": "x",\n "date": "y"}')
    assert toml is not None
    assert json is not None
    assert (toml.line_of("date"), json.line_of("date"), json.line_of("none")) == (3, 3, 0)
