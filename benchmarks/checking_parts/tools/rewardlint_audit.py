"""`rewardlint audit FILE:FUNCTION` on one grader.

rewardlint brings its own 83 completions with short answers ("42", "1/2") to compare with, and takes no rows. So the function that it gets
grades the first row with the reference put in place of the row's own, where the grader can use that; else as it stands, which an exploit
should not pass either. An abstention is worth nothing.

Three readings: `exploit`, its fail by default (an exploit earns more than 0, or the grader raises); `threshold`, the same where it says that
the grader gives partial credit and asks for a threshold: one just under what the rows' accepted completions earn; and `any`, with
`--fail-on any`: right answers in other writings count too. When the grader raises on all of its completions it could not run.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from rewardlint import audit

from checking_parts.corpus import Specimen
from checking_parts.exposed import Exposed, GraderFailed, exposed
from checking_parts.tools.telling import Reading, tell


def lint(specimen: Specimen, folder: Path) -> dict[str, Reading]:
    """The three readings."""
    grader = exposed(specimen)
    function = _function(grader)
    plain = audit(function)
    strict = audit(function, threshold=_under_full(grader)) if plain.is_graded else plain
    return {
        "exploit": _read(plain, bool(plain.exploits_accepted or plain.errors)),
        "threshold": _read(strict, bool(strict.exploits_accepted or strict.errors)),
        "any": _read(plain, not plain.passed),
    }


def _read(found: Any, fails: bool) -> Reading:
    if len(found.errors) == len(found.outcomes):
        return None, [f"the grader raises on all of its completions: {found.errors[0].error}"]
    crashes = [f"{len(found.errors)} crashes, {found.errors[0].error}"] if found.errors else []
    refused = [f"{len(found.false_negatives)} right answers refused"] if found.false_negatives else []
    return fails, [*sorted(found.attacks_that_work), *crashes, *refused] if fails else []


def _function(grader: Exposed) -> Callable[[str, str, str], float]:
    @cache
    def row_with(reference: str) -> dict[str, Any]:
        row = grader.rows[0]
        swapped = {**row, grader.compared: _like(row.get(grader.compared), reference)}
        return swapped if grader.compared and _usable(grader, swapped, reference) else row

    def reward(completion: str, reference: str, prompt: str) -> float:
        row = row_with(reference)
        score = grader.reward(completion, {**row, "prompt": prompt or row["prompt"]})
        return 0.0 if score is None else score

    return reward


def _like(value: object, reference: str) -> object:
    """The reference as a value of the kind that the row has."""
    if isinstance(value, list):
        return [reference]
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return type(value)(reference)
        except ValueError:
            return value
    return reference if isinstance(value, str) else value


def _usable(grader: Exposed, row: dict[str, Any], reference: str) -> bool:
    """Whether the grader scores the reference itself."""
    try:
        return grader.reward(reference, row) is not None
    except GraderFailed:
        return False


def _under_full(grader: Exposed) -> float:
    earned = [grader.reward(row["gold"], row) for row in grader.rows if row["gold"]]
    return 0.999 * min((score for score in earned if score), default=1.0)


if __name__ == "__main__":
    tell(lint)
