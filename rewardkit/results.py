"""What a grader returned, or what happened to it, as a Score.

Nothing is clamped: a number outside the range is a bug of the grader and leaves the completion unscored.
"""

from __future__ import annotations

import math
import numbers
import re
import reprlib
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from .grader import Grader
from .ladders import Climb
from .paths import display_path
from .scores import Cause, Component, Score

_RIGHT, _WRONG = Score(1.0), Score(0.0)
_MOST_TEXT = 2000  # characters of a reason; the rest of a longer one is cut off
_MOST_COMPONENTS = 1000
_MOST_FRAMES = 20
_HERE = Path(__file__).parent
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 60


def result_of(grader: Grader, result: object) -> Score:
    """What an author returned, as a Score: a bool, a number in the range, a Score, or None where abstaining is declared."""
    if result is True or result is False:
        return _in_range(grader, _RIGHT if result else _WRONG)
    if type(result) is float and grader.options.range[0] <= result <= grader.options.range[1]:
        return Score(result)  # the common case, which NaN never is
    if isinstance(result, Score):
        return _checked(grader, result)
    if result is None:
        if grader.options.may_abstain:
            return Score.unscored("not_applicable", "the grader abstained")
        return Score.unscored(
            "invalid", f"{grader} returned None; declare may_abstain=True if it may, or return a number"
        )
    value = _number(result)
    if value is None:
        return Score.unscored(
            "invalid",
            f"{grader} returned {_shown(result)}; allowed: True, False, a finite number or a Score",
        )
    return _in_range(grader, Score(value))


def results_of_group(grader: Grader, results: object, count: int) -> tuple[Score, ...]:
    """What a group grader returned, as one Score for each of its `count` completions."""
    if hasattr(results, "tolist"):  # an array or a tensor
        results = results.tolist()
    if not isinstance(results, list | tuple):
        why = f"{grader} returned {_shown(results)}; a group grader returns a list with one result for each completion"
    elif len(results) != count:
        why = f"{grader} returned {len(results)} results for {count} completions"
    else:
        return tuple(result_of(grader, result) for result in results)
    return (Score.unscored("invalid", why),) * count


def fault(
    grader: Grader,
    cause: Cause,
    reason: str,
    height: float | None = None,
    components: tuple[Component, ...] = (),
    *,
    blames_answer: bool | None = None,
    output: str = "",
) -> Score:
    """A deadline, crash or memory limit was hit.

    Unscored, unless it is the answer's fault (by default: the grader runs completions); then the completion keeps the level it reached.
    """
    if not (grader.options.runs_completion if blames_answer is None else blames_answer):
        return Score.unscored(cause, reason, components, output)
    low = grader.options.range[0]
    if not components and grader.kind == "partial_credit":
        components = Climb(grader.levels, bottom=low).components()
    return Score(low if height is None else height, components, cause, reason, output)


def combined(grader: Grader, scores: Sequence[Score]) -> Score:
    """The score of a combination from those of its parts, in their order; what a part noted of a right answer stays."""
    components = tuple(
        Component(
            part.name or part.kind,
            score.value,
            weight=weight,
            reason=score.reason or score.cause or score.note,
        )
        for (part, weight), score in zip(grader.parts, scores, strict=True)
    )
    if grader.kind == "weighted":
        return _weighted(grader, scores, components)
    (first, _), (_, weight) = grader.parts
    a, b = scores
    if grader.kind == "gated" and a.value is not None and a.value < first.options.solved_at:
        return _scored(grader, grader.options.range[0], components, [a])
    unscored = _first_unscored([a, b])
    if unscored is not None:
        return replace(unscored, components=components)
    low = grader.options.range[0]
    value = float(b) if grader.kind == "gated" else max(low, float(a) + weight * float(b))
    return _scored(grader, value, components, [a, b])


def explain(grader: Grader, error: BaseException) -> str:
    """`ValueError: ... (graders/qa.py:14)`: the deepest line of the author's own file."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename == str(grader.file)] or frames[-1:]
    where = f"{display_path(own[-1].filename)}:{own[-1].lineno}" if own else grader.where
    return f"{type(error).__name__}: {said(error)} ({where})"


def said(error: BaseException) -> str:
    """An error's text, bounded; the author's own exception class may raise anything when asked for it."""
    try:
        return str(error)[:_MOST_TEXT]
    except BaseException as second:  # noqa: BLE001
        return f"(its text raised {type(second).__name__})"


def stack(error: BaseException) -> str:
    """The traceback of an author's error without the lines of this package above it; bounded."""
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [frame for frame in frames if Path(frame.filename).parent != _HERE]
    try:
        last = traceback.format_exception_only(error)
    except BaseException:  # noqa: BLE001  # the author's own exception class may raise anything
        last = [type(error).__name__]
    return "".join([*traceback.format_list(theirs[-_MOST_FRAMES:]), *last])[-2 * _MOST_TEXT :].strip()


def _weighted(grader: Grader, scores: Sequence[Score], components: tuple[Component, ...]) -> Score:
    pairs = [(weight, score) for (_, weight), score in zip(grader.parts, scores, strict=True)]
    applicable = [
        (weight, score) for weight, score in pairs if score.scored or score.cause != "not_applicable"
    ]
    if not applicable:
        return Score.unscored("not_applicable", "no part applies", components)
    counted = [score for _, score in applicable]
    unscored = _first_unscored(counted)
    if unscored is not None:
        return replace(unscored, components=components)
    # One division at the end, of exact sums: full marks everywhere give full marks.
    value = math.fsum(w * float(s) for w, s in applicable) / math.fsum(w for w, _ in applicable)
    return _scored(grader, value, components, counted)


def _checked(grader: Grader, score: Score) -> Score:
    """An author's own Score with plain floats and texts of a bounded length, whatever it was made of."""
    if len(score.components) > _MOST_COMPONENTS:
        why = f"{grader} returned a Score with {len(score.components):,} components; allowed: {_MOST_COMPONENTS:,}"
        return Score.unscored("invalid", why)
    if score.value is not None and score.cause is not None:
        why = f"{grader} returned a Score with a value and the cause {score.cause!r}; a cause is for a completion without a value"
        return Score.unscored("invalid", why)
    value = None if score.value is None else _number(score.value)
    parts = tuple(_component(part) for part in score.components)
    if (value is None) != (score.value is None) or None in parts:
        return Score.unscored(
            "invalid", f"{grader} returned {score!r:.200}; every number in a Score must be finite"
        )
    checked = Score(value, cast(tuple[Component, ...], parts), score.cause, _text(score.reason))
    return checked if value is None else _in_range(grader, checked)


def _component(part: Component) -> Component | None:
    given = (part.value, part.weight, part.level)
    value, weight, level = (None if number is None else _number(number) for number in given)
    if any((a is None) != (b is None) for a, b in zip(given, (value, weight, level), strict=True)):
        return None
    return Component(_text(part.name), value, weight, level, _text(part.reason))


def _text(given: object) -> str:
    return str(given or "")[:_MOST_TEXT]


def _shown(value: object) -> str:
    """The beginning of a value's repr, without making the whole of a long one; its own repr may raise."""
    try:
        return _ADDRESS.sub("", _SHORT.repr(value))[:120]  # equal runs have equal reasons
    except BaseException as error:  # noqa: BLE001  # the author's own class may raise anything
        return f"{_an(type(value).__name__)} (its repr raised {type(error).__name__})"


def _an(name: str) -> str:
    return f"an {name}" if name[:1].lower() in "aeiou" else f"a {name}"


def _number(value: object) -> float | None:
    """A bool, a Python number or one of numpy's as a float; None when it is none of them or not finite."""
    if not (isinstance(value, bool | numbers.Real) or type(value).__module__ == "numpy"):
        return None
    try:
        number = float(cast(Any, value))
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _in_range(grader: Grader, score: Score) -> Score:
    low, high = grader.options.range
    if score.value is None or low <= score.value <= high:
        return score
    short = f"{score.value:g}"
    shown = short if float(short) == score.value else repr(float(score.value))
    return Score.unscored(
        "invalid",
        f"{grader} returned {shown}, outside its range {low:g} to {high:g}",
        score.components,
    )


def _first_unscored(scores: Sequence[Score]) -> Score | None:
    return next((score for score in scores if score.value is None), None)


def _scored(
    grader: Grader, value: float, components: tuple[Component, ...], scores: Sequence[Score]
) -> Score:
    """A combination of scored parts keeps the first part's cause, if a completion broke one of them."""
    faulty = next((score for score in scores if score.cause), None)
    cause, reason = (faulty.cause, faulty.reason) if faulty else (None, "")
    return _in_range(grader, Score(value, components, cause, reason))
