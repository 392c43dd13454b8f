"""A comparison as text."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from search.cli.render.cells import cut
from search.cli.render.style import Style

if TYPE_CHECKING:
    from search.evaluation.compare import Measures, Report

_TITLE = 100


def report_text(report: Report) -> str:
    """Return a report as a table, the worst cases below it."""
    style = Style.of(sys.stdout)
    lines = [style.bold(report.name), f"{'':>22} {'cases':>6} {f'nDCG@{report.k}':>9} {'recall':>7} {'MRR':>6}"]
    for group, ways in [("", report.overall), *report.groups.items()]:
        lines.append(style.heading(group or "all"))
        lines += [_line(way, measures) for way, measures in ways.items()]
        if group in report.found_at_all:
            lines.append(
                style.dim(f"{'among the candidates':>22} {report.found_at_all[group]:.3f} of what is relevant")
            )
    for way, (mean, low, high) in report.differences.items():
        sure = "" if low > 0 or high < 0 else ": could be chance"
        lines.append(f"better than {way} by {mean:+.3f} nDCG (95 % interval {low:+.3f} to {high:+.3f}){sure}")
    if report.reliability:
        lines.append(style.heading(f"probabilities: calibration error {report.calibration_error:.3f}"))
        lines += [
            f"{f'from {low:.1f}':>22} said {mean:.2f}, taken {share:.2f}, {count:,} pairs"
            for low, mean, share, count in report.reliability
        ]
    if report.worst:
        lines.append(style.heading("worst"))
        lines += [f"{value:>6.3f}  {case.id}  {style.dim(cut(case.title, _TITLE))}" for case, value in report.worst]
    return "\n".join(lines) + "\n"


def _line(way: str, measures: Measures) -> str:
    return f"{way:>22} {measures.cases:>6} {measures.ndcg:>9.3f} {measures.recall:>7.3f} {measures.mrr:>6.3f}"
