"""What is expected of the scores of one or more completions, in a form that can be checked, printed and replayed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ..cases import Expect
from ..grader import Grader
from ..scores import Score
from ..scoring.watched import NOTICED

TOLERANCE = 1e-6
"""How far a score may lie from the number that a case names."""

BROKEN = ("error", "invalid", "timeout", "died", "memory")
"""Causes that are the grader's own fault."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One relation over the scores of a trial's completions.

    within, at_least, at_most, below: of one score, in the units of the grader's range. unscored: the grader declines.
    usable: it is not unscored because of its reference. no_score: it is not scored, for whatever reason.
    rises: each completion scores more than the one before. keeps: the second scores no less than the first.
    not_raised: the second scores no more than `high` above the first, or no more than `low`. not_above: so the last above the best of the others.
    less: the second scores less than the first, which scores more than `low`. not_both: not all of them score `high` or more.
    as_before: the last scores what the first did, whatever was scored between them.
    same: every scoring of one completion gives the same. sound: it is a score at all, or unscored for a reason that is not the grader's fault.
    unnoticed: a watched call did nothing that the check `note` looks for.
    """

    kind: Literal[
        "within",
        "at_least",
        "at_most",
        "below",
        "unscored",
        "usable",
        "no_score",
        "rises",
        "keeps",
        "not_raised",
        "not_above",
        "less",
        "not_both",
        "as_before",
        "same",
        "sound",
        "unnoticed",
    ]
    low: float = 0.0
    high: float = 0.0
    note: str = ""

    def breach(self, scores: Sequence[Score]) -> int | None:
        """The index of the completion that breaks the relation, or None when it holds."""
        if self.kind == "not_both":
            passes = [score.value is not None and score.value >= self.high for score in scores]
            return len(scores) - 1 if all(passes) else None
        if self.kind == "not_above":
            values = [score.value for score in scores if score.value is not None]
            above = len(values) == len(scores) and self._broken_by(max(values[:-1]), values[-1])
            return len(scores) - 1 if above else None
        if self.kind == "as_before":
            return None if agree(scores[0], scores[-1]) else len(scores) - 1
        if self.kind in ("rises", "keeps", "not_raised", "less"):
            return self._breach_of_pairs(scores)
        if self.kind == "same":
            return next((index for index, score in enumerate(scores) if not agree(scores[0], score)), None)
        return 0 if self._broken(scores[0]) else None

    def _broken(self, score: Score) -> bool:
        value = score.value
        if self.kind == "sound":
            return contract_breach(score) is not None
        if self.kind == "unnoticed":
            return noticed(score) == self.note
        if self.kind == "unscored":
            return value is not None or score.cause in BROKEN
        if self.kind == "usable":
            return value is None and score.cause == "bad_reference"
        if self.kind == "no_score":
            return value is not None
        if value is None:
            return self.kind in ("within", "at_least")
        if self.kind == "below":
            return value >= self.high
        too_low = self.kind in ("within", "at_least") and value < self.low - TOLERANCE
        return too_low or (self.kind in ("within", "at_most") and value > self.high + TOLERANCE)

    def _breach_of_pairs(self, scores: Sequence[Score]) -> int | None:
        for index in range(1, len(scores)):
            before, after = scores[index - 1].value, scores[index].value
            if before is not None and after is not None:
                if self._broken_by(before, after):
                    return index
            elif self.kind == "rises":  # elsewhere an outage proves nothing
                return index if after is None else index - 1
        return None

    def _broken_by(self, before: float, after: float) -> bool:
        if self.kind == "rises":
            return after <= before
        if self.kind == "less":
            return after >= before > self.low  # a first one that earns nothing is a finding of its own
        if self.kind == "keeps":
            return after < before - TOLERANCE
        return after > max(before + self.high, self.low) + TOLERANCE

    def text(self, scores: Sequence[Score] = (), index: int = 0) -> str:
        """The relation in words: `below 1`; for several completions it names the score to beat."""
        before = scores[index - 1].value if 0 < index < len(scores) else None
        if self.kind == "not_above" and before is not None:
            before = max(score.value for score in scores[:index] if score.value is not None)
        words = {
            "within": f"{self.low:g}" if self.low == self.high else f"{self.low:g} to {self.high:g}",
            "at_least": f"at least {self.low:g}",
            "at_most": f"at most {self.high:g}",
            "below": f"below {self.high:g}",
            "unscored": "unscored",
            "usable": "a score",
            "no_score": "unscored",
            "rises": f"more than {before:g}" if before is not None else "a score",
            "less": f"less than {before:g}" if before is not None else "less",
            "not_both": f"below {self.high:g} for one of the two",
            "as_before": f"{short(scores[0])}, as before" if scores else "the same score as before",
            "not_above": f"no more than {before:g}" if before is not None else "no more",
            "not_raised": f"no more than {before:g}" if before is not None else "no more",
            "keeps": f"no less than {before:g}" if before is not None else "the same score",
            "same": f"{short(scores[0])}, as another call gave" if scores else "the same score in every call",
            "sound": "a score in range, or a typed reason",
            "unnoticed": "a score, and nothing else",
        }
        return words[self.kind] + (f" ({self.note})" if self.note and self.kind != "unnoticed" else "")


def expected_of(expect: Expect, grader: Grader) -> Expected:
    """What a case expects, as a relation. `check_marks` has seen that the grader declares the level."""
    if isinstance(expect, tuple):
        return Expected("within", *expect)
    if isinstance(expect, int | float):
        return Expected("within", expect, expect)
    if expect == "unscored":
        return Expected("unscored")
    height = grader.levels[expect]
    return Expected("within", height, height, f"level '{expect}'")


def agree(a: Score, b: Score) -> bool:
    """Whether two scorings of one completion gave the same. A deadline or a lack of memory is decided by the machine, so it agrees with all."""
    if {a.cause, b.cause} & {"timeout", "died", "memory"}:
        return True
    if a.value is None or b.value is None:
        no_verdict = {a.cause, b.cause} == {
            "error",
            "judge_unparseable",
        }  # a stand-in's verdict, not understood
        return a.value is b.value and (a.cause == b.cause or no_verdict)
    return abs(a.value - b.value) <= TOLERANCE


def noticed(score: Score) -> str:
    """The check that a watched call broke, empty when nothing was noticed."""
    said = score.reason.removeprefix(NOTICED) if score.reason.startswith(NOTICED) else ""
    return said.partition(":")[0]


def short(score: Score) -> str:
    """A score in a few words: `0.7`, or `unscored (error)`."""
    return f"unscored ({score.cause})" if score.value is None else f"{score.value:g}"


def contract_breach(score: Score) -> str | None:
    """The contract check (RK001 to RK004, RK014) that an unscored result breaks; None for a score or a legal reason."""
    if score.value is not None or score.cause not in BROKEN or noticed(score):
        return None
    if score.cause == "timeout":
        return "RK014"
    if score.cause != "invalid":
        return "RK004"
    if "outside its range" in score.reason:
        return "RK003"
    returned = score.reason.rpartition(" returned ")[2]
    return (
        "RK002"
        if returned.startswith(("nan", "inf", "-inf", "np.float64(nan", "np.float64(inf"))
        else "RK001"
    )
