"""Mutants of a grader's source that its cases accept, for people and for programs: what was changed, and the case that tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.text import Text

from .excerpts import printable
from .results import GraderReport, SourceMutants, Survivor

_MOST_CASES = 6
_MOST_CHANGES = 3  # of one case
_MOST_LINES = 8  # of one change
_STYLES = {"-": "red", "+": "green"}


def source_mutant_lines(report: GraderReport, *, verbose: bool) -> Iterator[Text]:
    """What became of the changes of a grader's code; the survivors below their cases where RK140 warns, all of them with `verbose`."""
    mutants = report.source_mutants
    if mutants is None:
        return
    warned = any(finding.id == "RK140" for finding in report.findings)
    listed = bool(mutants.survivors) and (warned or verbose)
    unsure = f"; {mutants.differs_nowhere} more may change nothing" if mutants.differs_nowhere else ""
    noticed = f"  its cases notice {mutants.killed} of {mutants.counted} changes of its code{unsure}"
    yield Text(
        noticed + (". Each case here would notice the changes below it:" if listed else ""), style="dim"
    )
    if not listed:
        return
    by_case: dict[str, list[Survivor]] = {}
    for survivor in mutants.survivors:
        by_case.setdefault(survivor.case, []).append(survivor)
    shown = list(by_case.items()) if verbose else list(by_case.items())[:_MOST_CASES]
    for case, survivors in shown:
        yield Text(f"    {printable(case)}", style="bold")
        yield from _change_lines(survivors if verbose else survivors[:_MOST_CHANGES])
        if not verbose and len(survivors) > _MOST_CHANGES:
            yield Text(f"      ... and {len(survivors) - _MOST_CHANGES} more", style="dim")
    if len(by_case) > len(shown):
        yield Text(
            f"    ... and {len(by_case) - len(shown)} more cases (-v and --json have all)", style="dim"
        )


def source_mutants_json(mutants: SourceMutants) -> dict[str, Any]:
    """The counts, and each survivor with its place, its unified diff and the case to add."""
    return {
        "killed": mutants.killed,
        "counted": mutants.counted,
        "share": round(mutants.share, 4),
        "differs_nowhere": mutants.differs_nowhere,
        "not_tried": mutants.not_tried,
        "survivors": [
            {"where": each.where, "operator": each.operator, "diff": each.diff, "case": each.case}
            for each in mutants.survivors
        ],
    }


def _change_lines(survivors: Sequence[Survivor]) -> Iterator[Text]:
    for survivor in survivors:
        yield Text(f"      {survivor.where}  {survivor.operator}")
        lines = survivor.diff.split("\n")[3:]
        for line in lines if len(lines) <= _MOST_LINES else [*lines[: _MOST_LINES - 2], "...", lines[-1]]:
            yield Text(f"      {printable(line.expandtabs(4))}", style=_STYLES.get(line[:1], ""))
