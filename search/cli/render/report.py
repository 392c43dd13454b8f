"""A comparison as text."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from search.cli.render.cells import cut
from search.cli.render.counts import counted
from search.cli.render.style import Style

if TYPE_CHECKING:
    from search.evaluation.compare import Measures, Report

_TITLE = 100


def report_text(report: Report) -> str:
    """Return a report as a table, the worst cases below it."""
    style = Style.of(sys.stdout)
    lines = [style.bold(report.name)]
    if report.not_judged:
        lines.append(style.dim(f"{report.not_judged:,} without a judgement left out"))
    if none := report.none_relevant:
        what = "case has nothing relevant and counts" if none == 1 else "cases have nothing relevant and count"
        lines.append(style.dim(f"{none:,} {what} 0 whatever is shown"))
    lines.append(f"{'':>22} {'cases':>6} {f'nDCG@{report.k}':>9} {'recall':>7} {'MRR':>6}")
    for group, ways in [("", report.overall), *report.groups.items()]:
        lines.append(style.heading(group or "all"))
        lines += [_line(way, measures) for way, measures in ways.items()]
        if group in report.found_at_all:
            lines.append(
                style.dim(f"{'among the candidates':>22} {report.found_at_all[group]:.3f} of what is relevant")
            )
    for way, (mean, low, high) in report.differences.items():
        stands = "worse" if mean < 0 else "better"
        told = f"{stands} than {way}: {mean:+.3f} nDCG"
        if report.overall[way].cases > 1:
            sure = "" if low > 0 or high < 0 else ": could be chance"
            told += f" (95 % interval {low:+.3f} to {high:+.3f}){sure}"
        lines.append(told)
    lines += _probabilities(report, style)
    if report.worst:
        lines.append(style.heading("worst"))
        lines += [f"{value:>6.3f}  {case.id}  {style.dim(cut(case.title, _TITLE))}" for case, value in report.worst]
    return "\n".join(lines) + "\n"


def _probabilities(report: Report, style: Style) -> list[str]:
    """Return how true probabilities are, or why that cannot be told."""
    if report.untold:
        return [style.heading("probabilities: no calibration error"), f"{'':>22} {report.untold}"]
    if report.calibration_error is None:
        return []
    pairs = counted(sum(count for *_, count in report.reliability), "judged pair")
    return [
        style.heading(f"probabilities: calibration error {report.calibration_error:.3f} over {pairs}, no others"),
        *(
            f"{f'from {low:.1f}':>22} said {mean:.2f}, taken {share:.2f}, {counted(count, 'pair')}"
            for low, mean, share, count in report.reliability
        ),
    ]


def _line(way: str, measures: Measures) -> str:
    return f"{way:>22} {measures.cases:>6} {measures.ndcg:>9.3f} {measures.recall:>7.3f} {measures.mrr:>6.3f}"
