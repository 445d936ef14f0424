"""Combinations of graders: plain functions, no operators.

    train = weighted((exact, 0.7), (query, 0.3))       # the weighted mean
    safe = gated(well_formed, exact)                   # the second counts only where the first gives full marks
    brief = penalised(exact, by=too_long)              # the first, less the second, never under its lowest score

A part that is unscored makes the whole unscored, except "not_applicable" in `weighted`, whose weight is then shared out over the rest.
The combination is named after the variable it is assigned to.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from .errors import GraderError
from .grader import Grader, Kind
from .options import Options
from .paths import display_path

Place: TypeAlias = tuple[Path, int, str]
"""File, line and module of the call."""


def weighted(*parts: tuple[Grader, float], name: str = "") -> Grader:
    """The weighted mean of graders; weights are above 0 and are normalised to sum 1."""
    where = _caller()
    if not parts:
        raise GraderError("weighted() needs parts: weighted((exact, 0.7), (query, 0.3))", where=_text(where))
    for part in parts:
        if not (isinstance(part, tuple) and len(part) == 2 and isinstance(part[0], Grader) and part[1] > 0):
            raise GraderError(f"each part is (grader, weight above 0); got {part!r:.80}", where=_text(where))
    total = sum(weight for _, weight in parts)
    return _combine("weighted", [(grader, weight / total) for grader, weight in parts], name, where)


def gated(gate: Grader, then: Grader, *, name: str = "") -> Grader:
    """`then` where `gate` reaches its pass mark (`pass_at`, else its highest score); otherwise the lowest score."""
    return _combine("gated", [(gate, 0.0), (then, 1.0)], name, _caller())


def penalised(grader: Grader, by: Grader, *, weight: float = 1.0, name: str = "") -> Grader:
    """`grader` less `weight` times `by`, never under the lowest score of `grader`."""
    where = _caller()
    if not weight > 0:
        raise GraderError(f"penalised(weight={weight!r}) must be above 0", where=_text(where))
    return _combine("penalised", [(grader, 1.0), (by, -weight)], name, where)


def _combine(kind: Kind, parts: Sequence[tuple[Grader, float]], name: str, where: Place) -> Grader:
    for part, _ in parts:
        if not isinstance(part, Grader):
            raise GraderError(f"{kind}() combines graders; got {part!r:.80}", where=_text(where))
    names = [part.name or part.kind for part, _ in parts]
    twice = next((n for n in names if names.count(n) > 1), None)
    if twice is not None:
        raise GraderError(
            f"{kind}() got two parts named '{twice}'; give one a name of its own: name=...",
            where=_text(where),
        )
    return Grader(
        name=name,
        kind=kind,
        function=None,
        options=_options(kind, [part.options for part, _ in parts]),
        asks=(),
        parts=tuple(parts),
        file=where[0],
        line=where[1],
        module=where[2],
        doc=f"{kind.capitalize()} combination of {', '.join(names)}.",
    )


def _options(kind: Kind, options: Sequence[Options]) -> Options:
    """A combination takes as long as its parts together, and is isolated as soon as one part is."""
    ranged = {"weighted": options, "gated": options[1:], "penalised": options[:1]}[kind]
    limits = [math.inf if o.memory_mb is None else o.memory_mb for o in options]
    answers = {o.answer for o in options if o.answer}
    return Options(
        answer=answers.pop() if len(answers) == 1 else None,
        range=(min(o.range[0] for o in ranged), max(o.range[1] for o in ranged)),
        pass_at=min(o.solved_at for o in ranged) if kind != "weighted" else None,
        may_abstain=any(o.may_abstain for o in options),
        reference_free=all(o.reference_free for o in options),
        length_aware=any(o.length_aware for o in options),
        format_strict=any(o.format_strict for o in options),
        timeout=sum(o.timeout for o in options),
        memory_mb=None if math.inf in limits else int(max(limits)),
        isolation="process" if any(o.isolation == "process" for o in options) else "inline",
        runs_completion=any(o.runs_completion for o in options),
        cache=_cache([o.cache for o in options]),
        group=any(o.group for o in options),
        concurrency=min(o.concurrency for o in options),
    )


def _cache(wishes: Sequence[bool | None]) -> bool | None:
    """Never reused when one part never is, kept on disk when every part is."""
    if False in wishes:
        return False
    return None if None in wishes else True


def _caller() -> Place:
    frame = sys._getframe(2)
    return Path(frame.f_code.co_filename), frame.f_lineno, frame.f_globals.get("__name__", "")


def _text(where: Place) -> str:
    return f"{display_path(where[0])}:{where[1]}"
