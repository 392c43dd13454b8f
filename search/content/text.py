"""Plain text out of what feeds and editors put into a title or an excerpt."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

from search.content.joiners import without_idle_joiners, without_joiners

# Elements whose tags are dropped. Anything else in angle brackets, such as ``List<T>``, is text.
_INLINE = (
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|mark|q|rp|rt|ruby|s|samp|small|span|strike|strong"
    "|sub|sup|time|tt|u|var|wbr"
)
_BLOCK = (
    "address|applet|area|article|aside|audio|base|blockquote|body|br|button|canvas|caption|center|col|colgroup|dd|details"
    "|dialog|dir|div|dl|dt|embed|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hgroup|hr|html"
    "|iframe|img|input|label|legend|li|link|main|map|menu|meta|nav|noscript|object|ol|optgroup|option|output|p|param"
    "|picture|pre|progress|script|section|select|source|style|summary|svg|table|tbody|td|template|textarea|tfoot|th|thead"
    "|title|tr|track|ul|video"
)
# No alternative may cross a ``<``, so that a search over hostile text stays linear.
_ATTRIBUTES = r"""(?:(?:\s|/)(?:[^<>"']|"[^"<]*+"|'[^'<]*+')*+>|(?:\s|/)[^<>]*+>|>)"""
_INLINE_TAG = re.compile(rf"</?(?=[a-z])(?:{_INLINE}){_ATTRIBUTES}", re.IGNORECASE)
_TAG = re.compile(rf"</?(?=[a-z])(?:{_INLINE}|{_BLOCK}){_ATTRIBUTES}|<![a-z][^<>]*>|<\?[a-z][^<>]*>", re.IGNORECASE)
_UNSEEN_START = re.compile(r"<!--|<(script|style)(?=[\s/>])[^<>]*>", re.IGNORECASE)
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")

_AMPERSANDS = re.compile(r"&(?:amp;|#0*38;|#[xX]0*26;)+", re.IGNORECASE)
# CSI and OSC sequences first, then two-character escapes; what is left of them are single control characters.
_TERMINAL = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-Z\\^-~]"
)
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Normalising sorts the marks of a base in the square of their number. Unicode's Stream-Safe Text Format (UAX #15,
# section 13) holds that no text of any language needs more than 30.
_MAX_MARKS = 30
_MANY_MARKS = re.compile(rf"[^\w\s\x00-\x7f]{{{_MAX_MARKS // 2},}}")
_MAX_PASSES = 8
_STILL_ACTIVE = str.maketrans("<&\x1b", "   ")


def plain_text(value: str) -> str:
    """Return what a reader would see: no markup, no entities, no control characters, single spaces.

    Entities are decoded as often as they were encoded, tags of HTML are dropped (comments, scripts and styles with
    what they hold), terminal escape sequences, bidirectional overrides and zero-width characters are removed
    (joiners stay where a reader would miss them), white space is folded, and the result is in Unicode NFC, with no
    more than 30 combining marks on a base. Angle brackets that are no HTML tag stay.

    Args:
        value: Text as written in a file or a feed.

    Returns:
        One line of text; doing it again changes nothing.

    Examples:
        >>> plain_text("Q&amp;amp;A: <b>5&nbsp;tips</b> where a < b")
        'Q&A: 5 tips where a < b'
    """
    if value.isascii() and value.isprintable() and "&" not in value and "<" not in value:
        return " ".join(value.split()) if "  " in value or value[:1] == " " or value[-1:] == " " else value
    for number in range(_MAX_PASSES):
        cleaned = _one_pass(value, tags_join=number == 0)
        if cleaned == value:
            return value
        value = cleaned
    # Text built to unfold for ever: what would unfold next is taken away.
    return _one_pass(value.translate(_STILL_ACTIVE), tags_join=False)


def document_text(title: str, excerpt: str) -> str:
    """Return the document text of an article: what is embedded.

    Args:
        title: Plain text.
        excerpt: Plain text, may be empty.

    Returns:
        Title and excerpt in one line without joiners, the excerpt left out where it only repeats the title.
    """
    title, excerpt = without_joiners(title).strip(), without_joiners(excerpt).strip()
    if not excerpt or excerpt == title:
        return title
    if not title:
        return excerpt
    return f"{title} {excerpt}" if title[-1] in ".!?…:" else f"{title}. {excerpt}"


def _one_pass(text: str, *, tags_join: bool) -> str:
    if "&" in text:
        text = unescape(_AMPERSANDS.sub("&", text))
    if "<" in text:
        text = _CDATA.sub("", _without_unseen(text))
        if tags_join:
            text = _INLINE_TAG.sub("", text)
        text = _TAG.sub(" ", text)
    if not text.isprintable():
        text = without_idle_joiners(_INVISIBLE.sub("", _TERMINAL.sub("", text)))
    if not text.isascii():
        text = unicodedata.normalize("NFC", _MANY_MARKS.sub(_with_fewer_marks, text))
    return " ".join(text.split())


def _with_fewer_marks(found: re.Match[str]) -> str:
    """Drop the marks of a base beyond the thirtieth, counted decomposed."""
    kept: list[str] = []
    marks = 0
    for character in found[0]:
        marks = marks + len(unicodedata.normalize("NFD", character)) if unicodedata.combining(character) else 0
        if marks <= _MAX_MARKS:
            kept.append(character)
    return "".join(kept)


def _without_unseen(text: str) -> str:
    """Drop comments, scripts and styles with what they hold; one that is never closed keeps what follows it."""
    if not _UNSEEN_START.search(text):
        return text
    lowered = text.lower() if len(text.lower()) == len(text) else text
    kept: list[str] = []
    position = 0
    never_closed: set[str] = set()
    for start in _UNSEEN_START.finditer(text):
        end_mark = f"</{start[1].lower()}>" if start[1] else "-->"
        if start.start() < position or end_mark in never_closed:
            continue
        end = lowered.find(end_mark, start.end())
        if end < 0:
            never_closed.add(end_mark)
            continue
        kept += [text[position : start.start()], " "]
        position = end + len(end_mark)
    return "".join([*kept, text[position:]])
