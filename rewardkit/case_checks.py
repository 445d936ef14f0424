"""Do an author's cases fit the grader that they stand beside? Checked when graders are collected, before anything runs."""

from __future__ import annotations

from .cases import Case, Expect, Mark, Order, Probe
from .errors import GraderError, did_you_mean
from .grader import Grader


def check_marks(grader: Grader) -> None:
    """GraderError for the first mark, of the grader or a part, with a column that it never sees or a score that it never gives."""
    for mark in grader.marks:
        _check_mark_columns(mark, grader)
        if isinstance(mark, Case):
            _check_expectation(mark.expect, grader, mark.where)
        elif isinstance(mark, Probe) and mark.ceiling > grader.options.range[1]:
            raise GraderError(f"ceiling={mark.ceiling:g} is above {_range(grader)}", where=mark.where)
    for part, _ in grader.parts:
        check_marks(part)


def _check_mark_columns(mark: Mark, grader: Grader) -> None:
    if "sample" in grader.wants:  # it may read any column
        return
    asked = [name for name in grader.wants if name not in ("completion", "seed")]
    allowed = list(dict.fromkeys([*asked, "prompt", "messages", "id"]))
    keywords = {Case: ["expect"], Order: [], Probe: ["ceiling"]}[type(mark)]
    for name in mark.columns:
        hint = "" if name in allowed else did_you_mean(name, [*allowed, *keywords])
        if hint:  # a row may have columns that no grader asks for, but not one that is spelt nearly like one it does
            raise GraderError(
                f"{grader} asks for no column '{name}'; it asks for: {', '.join(asked) or 'none'}.{hint}",
                where=mark.where,
            )


def _check_expectation(expect: Expect, grader: Grader, where: str) -> None:
    if isinstance(expect, str):
        names = [*grader.levels, "unscored"]
        if expect not in names:
            raise GraderError(
                f"expect={expect!r} is no level of {grader}; allowed: {', '.join(names)}.{did_you_mean(expect, names)}",
                where=where,
            )
        return
    low, high = grader.options.range
    for score in expect if isinstance(expect, tuple) else (expect,):
        if not low <= score <= high:
            raise GraderError(f"expect={score:g} is outside {_range(grader)}", where=where)


def _range(grader: Grader) -> str:
    low, high = grader.options.range
    return f"the range {low:g} to {high:g} of {grader}"
