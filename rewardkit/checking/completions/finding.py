"""Findings of figures, which warn and are never run again by themselves, and why a check of figures says nothing."""

from __future__ import annotations

from collections.abc import Sequence

from ...evaluating.statistics import FEWEST
from ..results import Finding, Skipped
from ..trials import Material
from .grading import Graded


def warning(
    check: str,
    material: Material,
    expected: str,
    facts: Sequence[str],
    shown: Graded,
    against: Graded | None = None,
) -> Finding:
    """A finding that may be a coincidence, or be right for the task: the figures, and the completion that shows it best."""
    return Finding(
        check,
        "warn",
        shown.row.id,
        shown.text,
        shown.score,
        expected,
        material.seed,
        "",
        shown.completion.where or shown.row.where,
        {},
        against=against.text if against else None,
        facts=tuple(facts),
    )


def too_few(check: str, count: int, what: str, advice: str = "") -> Skipped | None:
    """Why there is no verdict: fewer than 10 of the prompts that it needs; None when there are enough."""
    if count >= FEWEST:
        return None
    noun = "prompt" if count == 1 else "prompts"
    return Skipped(check, f"{count} {noun} {what}; a verdict takes {FEWEST}", advice)
