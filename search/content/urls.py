"""Canonical URLs: what makes two addresses the same article.

Two addresses fold into one when they differ only in how they were shared or served: scheme, ``www.``, ``m.`` or
``amp.`` before the host, default port, percent-encoding, fragment, tracking parameters, order of the query, AMP
variants, ``index.html`` and a trailing slash. The result is a key first and an address second: it is always
``https``, and a few sites answer only on the address as written, which ``Article.url`` keeps.

Only ``re`` is imported (``urllib.parse`` costs more than a whole look-up): this stands on the cold path of a query.
"""

from __future__ import annotations

import re
from functools import lru_cache

# RFC 3986, appendix B, for addresses that have a scheme of the web and a host.
_URL = re.compile(r"(?i:https?)://(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#.*)?", re.DOTALL)
_UNUSABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BREAKS = re.compile(r"[\t\n\x0b\x0c\r]+")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*")
_IPV6 = re.compile(r"\[[0-9a-f:.]{2,45}\]")
_PORT = re.compile(r":([0-9]*)$")
_MAX_PORT = 65_535
_MAX_LENGTH = 16_384
_MAX_WRAPPINGS = 4

# Prefixes of hosts that serve the same articles to another device. A prefix goes only where a site's name is left.
_HOST_PREFIX = re.compile(r"(?:www|m|amp|mobile|wap)\.(?=[^.]+\.[^.])")
_ONLY_A_SUFFIX = re.compile(r"(?:ac|co|com|edu|gob|gov|ne|net|nom|or|org)\.[a-z]{2}")

_AMP_CACHE_HOST = re.compile(r"(?:.+\.)?(?:cdn\.ampproject\.org|bing-amp\.com)")
_AMP_CACHE_PATH = re.compile(r"/(?:c|v|wp)/(?:s/)?(?=[^/])")
_AMP_VIEWER_HOST = re.compile(r"google(?:\.[a-z]{2,3}){1,2}|bing\.com")
_AMP_VIEWER_PATH = re.compile(r"/amp/(?:s/)?(?=[^/]+\.[^/])")
_AMP_SEGMENT = re.compile(r"(?:/platform)?/(?:\.?amp|google-amp|amphtml)(?=/|$)", re.IGNORECASE)
_AMP_NAMED_SEGMENT = re.compile(r"(?<=/)(?:amp_(?=articleshow/)|(?P<kept>article)-amp(?=/))")
# Tried where the first of several begins, and nowhere else: the time stays linear.
_AMP_ENDINGS = re.compile(r"(?<=[^.])(?<![^.]\.amp)(?:\.amp)++(?:(?P<page>\.html?)(?:\.amp)*+)?$", re.IGNORECASE)
# What says nothing at the end of a path: AMP variants, index pages, a trailing slash.
_AMP_LAST = frozenset({"amp", ".amp", "google-amp", "amphtml"})
_PAGE_LAST = frozenset({"", "amp.htm", "amp.html", "index.htm", "index.html", "index.php"})
_AMP_PARAMETERS = frozenset({"amp", "_amp", "amphtml", "amp_js_v", "amp_gsa", "usqp"})
_AMP_CHOICES = frozenset(f"{name}=amp" for name in ("context", "outputtype", "view", "layout", "type"))

# Parameters that only tell how a reader came here.
_TRACKING_PREFIXES = ("utm_", "itm_", "mtm_", "pk_", "ns_", "at_custom")
_TRACKING = frozenset(
    "at_medium at_campaign fbclid fb_action_ids fb_action_types fb_source fb_ref gclid gclsrc dclid gbraid"
    " wbraid msclkid yclid twclid ttclid li_fat_id igsh igshid mc_cid mc_eid mkt_tok _hsenc _hsmi hsctatracking"
    " _ga _gl vero_id oly_enc_id oly_anon_id wickedid _mc wt.mc_id wt.mc_ev xtor ocid cmp cmpid ncid icid smid"
    " smtyp sref sr_share ito s_cid trk trkcampaign guccounter guce_referrer guce_referrer_sig"
    " __twitter_impression __source soc_src soc_trk tsrc feedref feedtype feedname ref_src ref_url referrer"
    " partnerref refsec admgarea usesponsorshipsuggestions topicpagesponsorship".split()
)
# Parameters that do so only with certain values.
_MAYBE_TRACKING = frozenset({"ref", "source", "from", "partner", "mod", "feature", "emc", "src"})
_TRACKING_VALUES = frozenset(
    "rss feed feeds newsletter email e-mail social share sharing fb facebook twitter tw x linkedin reddit whatsapp"
    " youtu.be home homepage hp mw_quote_news newsviewer_click".split()
)

_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_NOT_IN_PATH = re.compile(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]")
_NOT_IN_QUERY = re.compile(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]")
_SLASHES = re.compile(r"//+")


@lru_cache(maxsize=65_536)
def canonical_url(url: str) -> str:
    """Fold an address to what makes two records the same article.

    Args:
        url: As written by a person, a feed or a file; anything at all.

    Returns:
        An ``https://`` address, the same for every variant of it, or ``""`` when the input is no usable
        http or https address. Folding the result again changes nothing.

    Examples:
        >>> canonical_url("http://www.Example.com:80/a/?utm_source=rss&b=2&a=1#top")
        'https://example.com/a?a=1&b=2'
        >>> canonical_url("https://www-example-com.cdn.ampproject.org/c/s/www.example.com/a/amp")
        'https://example.com/a'
        >>> canonical_url("mailto:desk@example.com")
        ''
    """
    url = url.strip()
    if len(url) > _MAX_LENGTH or _UNUSABLE.search(url):
        return ""
    match = _URL.fullmatch(_BREAKS.sub("", url))
    for _ in range(_MAX_WRAPPINGS):
        host = _host(match["authority"]) if match else ""
        if not match or not host:
            return ""
        path = _path(match["path"])
        folded = _fold_path(path)
        query = match["query"] or ""
        inner = _served_for(host, path) or _served_for(host, folded)
        if not inner:
            return f"https://{host}{folded}{_fold_query(query)}"
        match = _URL.fullmatch(f"https://{inner}?{query}")
    return ""


def _host(authority: str) -> str:
    host = authority.rpartition("@")[2].lower()
    port = ""
    if found := _PORT.search(host):
        host, number = host[: found.start()], found[1].lstrip("0")
        if len(number) > len(str(_MAX_PORT)) or int(number or "443") > _MAX_PORT:
            return ""
        port = "" if number in {"", "80", "443"} else f":{number}"
    if _IPV6.fullmatch(host):
        return host + port
    host = _percent_decoded(host)
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii").lower()
        except UnicodeError:
            return ""
    host = host.removesuffix(".")
    if not _HOST.fullmatch(host):
        return ""
    while (prefix := _HOST_PREFIX.match(host)) and not _ONLY_A_SUFFIX.fullmatch(host, prefix.end()):
        host = host[prefix.end() :]
    return host + port


def _percent_decoded(host: str) -> str:
    if "%" not in host:
        return host
    raw = re.sub(rb"%([0-9a-f]{2})", lambda found: bytes.fromhex(found[1].decode()), host.encode())
    return raw.decode("utf-8", "replace").lower()


def _path(path: str) -> str:
    """Normalise percent-encoding, doubled slashes and dot segments."""
    path = _SLASHES.sub("/", _encoded(path.replace("\\", "/"), _NOT_IN_PATH))
    if "/." not in path:
        return path
    kept: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept)


def _encoded(text: str, unsafe: re.Pattern[str]) -> str:
    if "%" in text:
        text = _PERCENT.sub(_percent_normal, text)
    return unsafe.sub(_percent_encode, text)


def _percent_normal(found: re.Match[str]) -> str:
    char = chr(int(found[1], 16))
    return char if char in _UNRESERVED else found[0].upper()


def _percent_encode(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())


def _served_for(host: str, path: str) -> str:
    """Return ``host/path`` of the article that an AMP cache or viewer shows under its own address, or ``""``."""
    if _AMP_CACHE_HOST.fullmatch(host):
        prefix = _AMP_CACHE_PATH.match(path)
    elif _AMP_VIEWER_HOST.fullmatch(host):
        prefix = _AMP_VIEWER_PATH.match(path)
    else:
        return ""
    return path[prefix.end() :] if prefix else ""


def _fold_path(path: str) -> str:
    """Fold AMP variants, index pages and trailing slashes until nothing is left to fold.

    What goes within a path uncovers nothing that could go, too; at its end one thing may uncover the next.
    """
    path = _AMP_NAMED_SEGMENT.sub(lambda found: found["kept"] or "", _AMP_SEGMENT.sub("", path))
    segments = path.split("/")
    while len(segments) > 1:
        last = _AMP_ENDINGS.sub(lambda found: found["page"] or "", segments.pop())
        if last.lower() in _AMP_LAST:
            if segments[-1].lower() == "platform":
                segments.pop()
        elif last.lower() not in _PAGE_LAST:
            segments.append(last)
            break
    return "/".join(segments)


def _fold_query(query: str) -> str:
    if not query:
        return ""
    parts = (_encoded(part, _NOT_IN_QUERY) for part in query.split("&"))
    kept = sorted(part for part in parts if part.strip("=") and not _is_noise(part.lower()))
    return "?" + "&".join(kept) if kept else ""


def _is_noise(part: str) -> bool:
    """Tell whether a lower-case ``name=value`` says nothing about which article is meant."""
    name, _, value = part.partition("=")
    return (
        name in _TRACKING
        or name in _AMP_PARAMETERS
        or part in _AMP_CHOICES
        or name.startswith(_TRACKING_PREFIXES)
        or (name in _MAYBE_TRACKING and value in _TRACKING_VALUES)
        or part == "rss=1"
    )
