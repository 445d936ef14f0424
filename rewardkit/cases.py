"""What an author knows about a grader, written beside it: cases, orders and probes.

    @case("The total is 42.", reference="42", expect=1)
    @order("no idea", "about 40", "42", reference="42")
    @probe("41, 42, 43", reference="42")
    @reward
    def final_number(completion: str, reference: str) -> bool: ...

The three stack in either order with the grader's decorator and keep the order of the source. More cases go into `NAME.cases.jsonl`
beside the file, one JSON object a line: `{"completion": ..., "expect": ..., "reference": ...}`.
"""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, cast

from .errors import GraderError, did_you_mean
from .paths import display_path
from .rows import read_rows

Expect: TypeAlias = float | tuple[float, float] | str
Target = TypeVar("Target", bound=Callable[..., Any])

_serial = itertools.count()
_ATTRIBUTE = "__rewardkit_marks__"


@dataclass(frozen=True, slots=True)
class Case:
    """A completion with the score it must get: a number, (low, high), a level's name, or "unscored"."""

    completion: str
    expect: Expect
    columns: Mapping[str, Any]
    where: str
    serial: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Order:
    """Completions from worst to best: each must score strictly less than the next."""

    completions: tuple[str, ...]
    columns: Mapping[str, Any]
    where: str
    serial: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Probe:
    """A completion that tries to earn reward without doing the task; it must score at or under `ceiling`."""

    completion: str
    ceiling: float
    columns: Mapping[str, Any]
    where: str
    serial: int = field(default=0, compare=False)


Mark: TypeAlias = Case | Order | Probe


def case(
    completion: str, *, expect: float | Sequence[float] | str | None = None, **columns: Any
) -> Callable[[Target], Target]:
    """Declare a completion and the score it must get.

    `expect` is a number (equal to within 1e-6), [low, high], the name of a ladder's level (exactly that level), or "unscored".
    """
    where = _caller()
    if expect is None:
        hint = _misspelt("expect", columns)
        raise GraderError(f"@case needs expect=, the score that its completion must get.{hint}", where=where)
    return _marker(Case(completion, expectation(expect, where), columns, where, next(_serial)))


def order(*completions: str, **columns: Any) -> Callable[[Target], Target]:
    """Declare completions from worst to best; each must score strictly less than the next one."""
    where = _caller()
    if len(completions) < 2:
        raise GraderError(
            f"@order needs two completions or more, worst first; got {len(completions)}", where=where
        )
    return _marker(Order(completions, columns, where, next(_serial)))


def probe(completion: str, *, ceiling: float = 0.0, **columns: Any) -> Callable[[Target], Target]:
    """Declare a completion that tries to earn reward without doing the task; it must score at or under `ceiling`."""
    where = _caller()
    return _marker(Probe(completion, _ceiling(ceiling, where), columns, where, next(_serial)))


def expectation(expect: object, where: str) -> Expect:
    """Check an `expect` value as written in Python, JSON or TOML."""
    if isinstance(expect, str):
        return expect
    if isinstance(expect, bool | int | float) and math.isfinite(expect):
        return float(expect)
    if isinstance(expect, Sequence) and len(expect) == 2 and all(isinstance(e, int | float) for e in expect):
        low, high = expect
        if low <= high:
            return (float(low), float(high))
    raise GraderError(
        f'expect={expect!r}; allowed: a number, [low, high], a level\'s name, or "unscored"', where=where
    )


def marks_on(function: Callable[..., Any]) -> tuple[Mark, ...]:
    """The marks put on a plain function before a grader's decorator saw it, in source order."""
    return tuple(sorted(getattr(function, _ATTRIBUTE, ()), key=lambda mark: mark.serial))


def case_of(values: Mapping[str, Any], where: str) -> Case | Probe:
    """One case from a mapping `{completion, expect, ...columns}`, or one probe `{completion, ceiling, ...columns}`."""
    columns = dict(values)
    if "completion" not in columns or ("expect" in columns) == ("ceiling" in columns):
        hints = [_misspelt(word, columns) for word in ("completion", "expect", "ceiling")]
        raise GraderError(
            f"a case needs 'completion' and 'expect' (or 'ceiling' for a probe); got the keys {', '.join(columns)}."
            f"{next(filter(None, hints), '')}",
            where=where,
        )
    completion = columns.pop("completion")
    if not isinstance(completion, str):
        raise GraderError(f"completion={completion!r} must be a text", where=where)
    if "ceiling" in columns:
        return Probe(completion, _ceiling(columns.pop("ceiling"), where), columns, where, next(_serial))
    return Case(completion, expectation(columns.pop("expect"), where), columns, where, next(_serial))


def cases_beside(file: Path, name: str) -> tuple[Mark, ...]:
    """The cases of `NAME.cases.jsonl` beside a grader's file; empty when there is no such file."""
    path = file.parent / f"{name}.cases.jsonl"
    return tuple(case_of(row.values, row.where) for row in read_rows(path)) if path.is_file() else ()


def _ceiling(value: object, where: str) -> float:
    if isinstance(value, bool | int | float) and math.isfinite(value):
        return float(value)
    raise GraderError(f"ceiling={value!r}; allowed: a number, the most that the probe may score", where=where)


def _misspelt(word: str, names: Mapping[str, Any]) -> str:
    """A hint when `word` is missing and one of the names looks like it."""
    missed = word not in names and did_you_mean(word, names)
    return f" Did you mean '{word}'?" if missed else ""


def _marker(mark: Mark) -> Callable[[Target], Target]:
    def attach(target: Target) -> Target:
        with_mark = getattr(target, "with_mark", None)  # a Grader
        if with_mark is not None:
            return cast(Target, with_mark(mark))
        setattr(target, _ATTRIBUTE, (*getattr(target, _ATTRIBUTE, ()), mark))
        return target

    return attach


def _caller() -> str:
    frame = sys._getframe(2)
    return f"{display_path(frame.f_code.co_filename)}:{frame.f_lineno}"
