"""The lines that a person reads of a checked file."""

from __future__ import annotations

from collections.abc import Iterator

from .problems import EVERY, Problem
from .result import DataReport
from .seen_columns import SeenColumn, excerpt

_MOST_COLUMNS = 30


def report_lines(report: DataReport) -> Iterator[str]:
    """What the file is, its columns, its problems with their places and, last, what it can be used for."""
    shape = f", {report.shape.shape} rows" if report.shape.shape else ""
    yield f"{report.file}: {report.rows:,} rows{shape}"
    yield from _about(report)
    yield "columns"
    yield from map(_column, report.columns[:_MOST_COLUMNS])
    if len(report.columns) > _MOST_COLUMNS:
        yield f"  and {len(report.columns) - _MOST_COLUMNS:,} more"
    for problem in report.problems:
        yield from _problem(problem)
    yield _verdict(report)


def _about(report: DataReport) -> Iterator[str]:
    mapped = {**report.shape.columns, **report.renamed}
    if mapped:
        yield f"  taken      {', '.join(f'{ours} <- {theirs}' for ours, theirs in mapped.items())}"
    if report.encoding:
        yield f"  encoding   {report.encoding}"
    yield f"  prompts    {report.prompts:,}, {report.distinct_prompts:,} of them different"
    if report.completions:
        yield f"  answers    {report.completions:,} completions"
    for name, (low, middle, high, longest) in report.lengths.items():
        yield f"  {name:<10} {middle:,} characters (5 % {low:,}, 95 % {high:,}, longest {longest:,})"
    if report.answers:
        text, count = report.answers[0]
        share = f"{100 * count / report.references:.1f} %"
        yield f"  constant   {excerpt(text, 40)!r} is the reference of {count:,} rows: always said, it would be right in {share}"


def _column(column: SeenColumn) -> str:
    types = ", ".join(column.types) or "empty"
    empty = f", empty in {column.empty:,}" if column.empty else ""
    return f"  {column.name}: {types}, in {column.rows:,} rows{empty}, such as {column.example!r}"


def _problem(problem: Problem) -> Iterator[str]:
    about = (
        f" (column '{problem.column}')"
        if problem.column and f"'{problem.column}'" not in problem.text
        else ""
    )
    yield f"{problem.severity.upper()} {problem.count:,} x {problem.text}{about}"
    yield from (f"  {place}" for place in problem.places)
    if problem.count > len(problem.places):
        yield f"  and {problem.count - len(problem.places):,} more"


def _verdict(report: DataReport) -> str:
    usable = report.usable_for
    names = {"test": "test --data"}
    fit = ", ".join(names.get(verb, verb) for verb in usable) or "nothing as it is"
    without = " (grade needs a column 'completion')" if not report.completions and "eval" in usable else ""
    unfit = "" if len(usable) == len(EVERY) else without
    return f"usable for {fit}{unfit}"
