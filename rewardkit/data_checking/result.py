"""What `rewardkit data check` found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..row_shapes import Recognised
from .problems import EVERY, Problem, Verb
from .seen_columns import SeenColumn


@dataclass(frozen=True, slots=True)
class DataReport:
    """A file as it was read.

    `lengths` are in characters: 5 %, 50 %, 95 % and the longest. `answers` are the most frequent references with their counts, of
    `references` rows that have one. `renamed` is what `--column` names; `shape` what was recognised besides.
    """

    file: str
    encoding: str
    rows: int
    shape: Recognised
    renamed: dict[str, str]
    columns: tuple[SeenColumn, ...]
    prompts: int
    distinct_prompts: int
    completions: int
    references: int
    lengths: dict[str, tuple[int, ...]]
    answers: tuple[tuple[str, int], ...]
    graders: tuple[str, ...]
    problems: tuple[Problem, ...]
    out: str | None = None

    @property
    def fails(self) -> bool:
        """Whether something was found that a verb refuses, or that makes its figures wrong."""
        return any(problem.severity == "fail" for problem in self.problems)

    @property
    def usable_for(self) -> tuple[Verb, ...]:
        """The verbs that take the file as it is."""
        stopped = {verb for problem in self.problems for verb in problem.stops}
        if not self.completions:
            stopped.add("grade")
        return tuple(verb for verb in EVERY if verb not in stopped) if self.rows else ()

    def count(self, kind: str) -> int:
        """How many rows have a problem of that kind."""
        return sum(problem.count for problem in self.problems if problem.kind == kind)

    def as_json(self) -> dict[str, Any]:
        """As `--json` has it."""
        names = ("5%", "50%", "95%", "longest")
        return {
            "file": self.file,
            "encoding": self.encoding,
            "rows": self.rows,
            "unreadable": self.count("unreadable"),
            "shape": self.shape.shape or None,
            "mapped": {**self.shape.columns, **self.renamed},
            "undecided": {ours: list(paths) for ours, paths in self.shape.undecided.items()},
            "columns": [column.as_json() for column in self.columns],
            "prompts": self.prompts,
            "distinct_prompts": self.distinct_prompts,
            "completions": self.completions,
            "references": self.references,
            "lengths": {name: dict(zip(names, of, strict=True)) for name, of in self.lengths.items()},
            "answers": [
                {"text": text, "count": count, "share": count / self.references}
                for text, count in self.answers
            ],
            "graders": list(self.graders),
            "problems": [problem.as_json() for problem in self.problems],
            "usable_for": list(self.usable_for),
            "out": self.out,
        }
