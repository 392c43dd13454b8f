"""A comparison as a picture: bars of nDCG by group and way, and how true probabilities are; one self-contained SVG."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search.evaluation.compare import Report

_COLOURS = ("#1f5f8b", "#e08e45", "#6a994e", "#8d5a97", "#9a8c7c")
_BAR, _GAP, _HEIGHT, _LEFT, _TOP, _BOTTOM = 22, 26, 240, 48, 64, 44


def report_svg(report: Report) -> str:
    """Return the picture as SVG text."""
    groups = {"all": report.overall, **report.groups}
    ways = list(report.overall)
    bars = max(_LEFT + len(groups) * (len(ways) * _BAR + _GAP) + _GAP, 420)
    width = bars + (_LEFT + _HEIGHT + _GAP if report.reliability else 0)
    height = _TOP + _HEIGHT + _BOTTOM
    name = escape(report.name)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"',
        f' font-family="system-ui, sans-serif" font-size="12" aria-label="{name}">',
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{_LEFT}" y="20" font-weight="600">{name}: nDCG@{report.k}</text>',
    ]
    for number, way in enumerate(ways):
        key = _LEFT + number * 90
        parts.append(f'<rect x="{key}" y="32" width="12" height="12" fill="{_COLOURS[number % len(_COLOURS)]}"/>')
        parts.append(f'<text x="{key + 16}" y="42">{escape(way)}</text>')
    for step in range(6):
        y = _TOP + _HEIGHT * (1 - step / 5)
        parts.append(f'<path d="M{_LEFT} {y:.1f}H{bars - _GAP}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#555">{step / 5:.1f}</text>')
    x = _LEFT + _GAP / 2
    for group, measured in groups.items():
        for number, way in enumerate(ways):
            value = measured[way].ndcg
            tall = _HEIGHT * value
            left, top = x + number * _BAR, _TOP + _HEIGHT - tall
            colour = _COLOURS[number % len(_COLOURS)]
            parts.append(
                f'<rect x="{left:.1f}" y="{top:.1f}" width="{_BAR - 4}" height="{tall:.1f}" fill="{colour}">'
                f"<title>{escape(group)}, {escape(way)}: {value:.3f}</title></rect>"
            )
        middle = x + len(ways) * _BAR / 2
        parts.append(
            f'<text x="{middle:.1f}" y="{_TOP + _HEIGHT + 18}" text-anchor="middle">{escape(group)}</text>'
            f'<text x="{middle:.1f}" y="{_TOP + _HEIGHT + 34}" text-anchor="middle" fill="#555">'
            f"{measured[ways[0]].cases}</text>"
        )
        x += len(ways) * _BAR + _GAP
    if report.reliability:
        parts += _reliability(report, bars + _LEFT)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _reliability(report: Report, left: int) -> list[str]:
    """Draw what was said against what came true: on the line is honest; the area of a point is how many pairs it is."""
    bottom = _TOP + _HEIGHT
    most = max(count for *_, count in report.reliability)
    parts = [
        f'<text x="{left}" y="20" font-weight="600">said and taken, off by {report.calibration_error or 0:.3f}</text>',
        f'<rect x="{left}" y="{_TOP}" width="{_HEIGHT}" height="{_HEIGHT}" fill="none" stroke="#ddd"/>',
        f'<path d="M{left} {bottom}L{left + _HEIGHT} {_TOP}" stroke="#999" stroke-dasharray="4 4"/>',
    ]
    for low, mean, share, count in report.reliability:
        x, y, radius = left + _HEIGHT * mean, bottom - _HEIGHT * share, 3 + 9 * (count / most) ** 0.5
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{_COLOURS[0]}" fill-opacity="0.7">'
            f"<title>from {low:.1f}: said {mean:.2f}, taken {share:.2f}, {count} pairs</title></circle>"
        )
    for end, text in ((0, "0"), (1, "1")):
        parts.append(f'<text x="{left + _HEIGHT * end:.1f}" y="{bottom + 18}" text-anchor="middle">{text}</text>')
    return parts
