"""What a test of a grader found: findings with their evidence, what was skipped, and a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ..scores import Score
from .findings import CHECKS, Check, Severity

Verdict: TypeAlias = Literal["pass", "fail", "warn"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken expectation that was seen twice, the second time in a fresh process.

    `score` is None when nothing was scored (RK130). `against` is the completion whose score `expected` names, where there is one.
    `similar` counts further breaches of the same check that this one stands for; where they are rows of which the same is true, `others` has
    their places. `facts` are further lines of evidence, figures with their intervals among them. `replay` is the id for
    `rewardkit test --replay`, empty when there is nothing to run.
    """

    id: str
    severity: Severity
    row: str
    completion: str | None
    score: Score | None
    expected: str
    seed: int
    replay: str
    where: str
    columns: Mapping[str, Any]
    against: str | None = None
    similar: int = 0
    others: tuple[str, ...] = ()
    coincidence: bool = False
    facts: tuple[str, ...] = ()

    @property
    def output(self) -> str:
        """What the grader printed before it failed on the completion, with the traceback, or the stack of one that was stopped."""
        return self.score.output if self.score else ""

    @property
    def check(self) -> Check:
        """Its line in the table of checks."""
        return CHECKS[self.id]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A check that could not run, why, and, where something helps, what to do so that it can."""

    id: str
    why: str
    advice: str = ""

    def __str__(self) -> str:
        return f"{self.why}: {self.advice}" if self.advice else self.why


@dataclass(frozen=True, slots=True)
class Note:
    """What a grader said about a right answer of a row; `where` is the row's place."""

    row: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What a grader was tested on; `rows` are those of the data file, `scored` is the number of calls.

    `mutants` of right answers were tried, and `killed` of them did not pass.
    """

    cases: int
    orders: int
    probes: int
    rows: int
    scored: int
    mutants: int = 0
    killed: int = 0


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant of a grader's source that its cases accept, although it gives some completion another score than the grader does.

    `where` is its place (file:line), `operator` says what was changed, `diff` is that as a unified diff. `case` is a line of Python which,
    put above the grader, makes the mutant break a case: it expects what the grader gives as it is now.
    """

    where: str
    operator: str
    diff: str
    case: str


@dataclass(frozen=True, slots=True)
class SourceMutants:
    """What became of the mutants of a grader's source. One that `differs_nowhere` survives, but may do the same as the grader."""

    killed: int
    survivors: tuple[Survivor, ...]
    differs_nowhere: int
    not_tried: int

    @property
    def counted(self) -> int:
        """How many certainly do something else than the grader."""
        return self.killed + len(self.survivors)

    @property
    def share(self) -> float:
        """The share of those that the cases notice; 1 when there are none."""
        return self.killed / self.counted if self.counted else 1.0


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity over so many prompts with its 95 % interval, whose bounds are None where there is none."""

    check: str
    name: str
    value: float
    low: float | None
    high: float | None
    prompts: int


@dataclass(frozen=True, slots=True)
class OnCompletions:
    """What a grader gave to completions that a policy wrote. `reward` is the mean of the prompts' means, None when nothing was scored.

    `source` is the file or run folder, `left_out` counts completions of it that were not looked at, and `stored` of the scores were
    taken from the run.
    """

    source: str
    completions: int
    prompts: int
    unscored: int
    stored: int
    left_out: int
    reward: Figure | None
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class GraderReport:
    """The result for one grader, and how many seconds it took.

    `source_mutants` is None where none were made, `on_completions` where no completions of a policy were given.
    """

    name: str
    file: str
    where: str
    counts: Counts
    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    notes: tuple[Note, ...] = ()
    seconds: float = 0.0
    source_mutants: SourceMutants | None = None
    on_completions: OnCompletions | None = None

    @property
    def verdict(self) -> Verdict:
        """ "fail" or "warn" as soon as one finding is, else "pass"."""
        severities = {finding.severity for finding in self.findings}
        return "fail" if "fail" in severities else "warn" if "warn" in severities else "pass"

    @property
    def proved(self) -> bool:
        """Whether it may drive training: nothing failed, and something was known about it."""
        return self.verdict != "fail" and not any(finding.id == "RK130" for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Replayed:
    """A finding run again: every score of the completions, and whether it still breaks the expectation."""

    finding: Finding
    scores: Sequence[Score]
    still_broken: bool
