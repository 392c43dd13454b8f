"""Findings as SARIF 2.1.0 (OASIS), which code hosts show beside the lines of a pull request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from search.content.text import plain_text
from search.desk.faults import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from search.desk.faults import Finding

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def as_sarif(findings: Iterable[Finding], prefix: str, version: str) -> str:
    """Return findings as one SARIF log.

    Args:
        findings: What was found.
        prefix: The content root as seen from where the repository begins, with a final ``/``, or ``""``.
        version: Of this program.
    """
    rules = [
        {"id": rule, "shortDescription": {"text": text}, "defaultConfiguration": {"level": level}}
        for rule, (level, text) in RULES.items()
    ]
    driver = {"name": "search audit", "version": version, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, prefix) for one in findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _result(one: Finding, prefix: str) -> dict[str, Any]:
    # a folder on the way here may have a name that is not UTF-8
    uri = quote((prefix + one.path).encode("utf-8", "surrogateescape"))
    location: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    if one.line:
        location["region"] = {"startLine": one.line}
    return {
        "ruleId": one.rule,
        "ruleIndex": list(RULES).index(one.rule),
        "level": one.severity,
        "message": {"text": _message(f"{one.what}; {one.todo}")},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"listItem/v1": f"{one.rule}:{one.path}:{plain_text(one.what)}"},
    }


def _message(text: str) -> str:
    """Return text that viewers show as it is: in a message ``[text](address)`` is a link (section 3.11.6)."""
    return plain_text(text).replace("](", "] (")
