"""The options of a grader: the same names on `@reward`, `@partial_credit` and `@rubric`."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any, Literal, TypedDict, get_args

from .errors import GraderError, did_you_mean

Isolation = Literal["process", "inline"]
Answer = Literal["number", "text", "label", "list", "json", "sql", "date", "code", "free"]


class OptionArgs(TypedDict, total=False):
    """The keyword arguments of the three decorators. See `Options` for their meaning and defaults."""

    name: str
    answer: Answer
    range: tuple[float, float]
    pass_at: float
    partial_cap: float
    may_abstain: bool
    reference_free: bool
    length_aware: bool
    format_strict: bool
    timeout: float
    memory_mb: int
    isolation: Isolation
    runs_completion: bool
    cache: bool
    version: str
    files: tuple[str, ...]
    group: bool
    concurrency: int


@dataclass(frozen=True, slots=True)
class Options:
    """What an author declares about a grader. Everything has a default.

    answer: what kind of answer it grades; decides which mutants and rewrites `rewardkit test` tries.
    range: lowest and highest score it may return. A score outside is a bug of the grader: unscored (invalid), never clamped.
    pass_at: from this score on a completion counts as solved (default: the highest of the range).
    partial_cap: the most that a wrong completion may earn (default: anything below `pass_at`).
    may_abstain: it may return None, "does not apply here"; otherwise None is a bug.
    reference_free: its score does not depend on the reference, and should not.
    length_aware: length is part of what it judges.
    format_strict: it insists on an exact format; rewrites of a right answer may lose.
    timeout: seconds for one completion, from the moment it starts.
    memory_mb: memory it may take for one completion on top of what its process uses; None: no limit.
    isolation: "process" (a killable worker) or "inline" (in the caller's process; cheap, but cannot be stopped).
    runs_completion: it runs the completion's code or SQL, so a time-out, crash or lack of memory is the answer's fault.
    cache: None reuses a score for the same arguments within a process, True in later runs too, False never.
    version: part of the fingerprint, for what the code does not show (a model, a data file).
    files: the columns whose values are paths of files or folders; what is in those counts for what is scored anew.
    group: it grades all completions of one prompt together: it asks for `completions` and returns one result for each.
    concurrency: how many calls of an async grader wait at the same time, over all workers.
    """

    answer: Answer | None = None
    range: tuple[float, float] = (0.0, 1.0)
    pass_at: float | None = None
    partial_cap: float | None = None
    may_abstain: bool = False
    reference_free: bool = False
    length_aware: bool = False
    format_strict: bool = False
    timeout: float = 10.0
    memory_mb: int | None = 4096
    isolation: Isolation = "process"
    runs_completion: bool = False
    cache: bool | None = None
    version: str = ""
    files: tuple[str, ...] = ()
    group: bool = False
    concurrency: int = 8

    @property
    def solved_at(self) -> float:
        """The score from which a completion counts as solved."""
        return self.range[1] if self.pass_at is None else self.pass_at


def options_of(declared: OptionArgs, *, where: str) -> Options:
    """Check what an author declared; GraderError says which option is wrong and what is allowed."""
    given: dict[str, Any] = {key: value for key, value in declared.items() if key != "name"}
    allowed = [field.name for field in fields(Options)]
    for key in given:
        if key not in allowed:
            hint = did_you_mean(key, [*allowed, "name"])
            raise GraderError(
                f"unknown option '{key}'; allowed: {', '.join(['name', *allowed])}.{hint}", where=where
            )
    if isinstance(given.get("files"), list):  # as TOML gives them
        given["files"] = tuple(given["files"])
    options = Options(**given)
    _check_choice("answer", options.answer, (*get_args(Answer), None), where)
    _check_choice("isolation", options.isolation, get_args(Isolation), where)
    low, high = options.range
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise GraderError(
            f"range={options.range!r} must be two finite numbers, the lower one first", where=where
        )
    for key in ("pass_at", "partial_cap"):
        bound = getattr(options, key)
        if bound is not None and not low <= bound <= high:
            raise GraderError(f"{key}={bound!r} must lie in the range {low:g} to {high:g}", where=where)
    if not 0 < options.timeout < math.inf:
        raise GraderError(
            f"timeout={options.timeout!r} must be a number of seconds above 0, and finite", where=where
        )
    if options.memory_mb is not None and options.memory_mb < 16:
        raise GraderError(f"memory_mb={options.memory_mb!r} must be at least 16", where=where)
    if not isinstance(options.concurrency, int) or options.concurrency < 1:
        raise GraderError(
            f"concurrency={options.concurrency!r} must be a whole number, 1 or more", where=where
        )
    if not (isinstance(options.files, tuple) and all(isinstance(name, str) for name in options.files)):
        raise GraderError(
            f'files={options.files!r} must be names of columns: files=("database",)', where=where
        )
    if options.runs_completion and options.isolation == "inline":
        raise GraderError(
            "runs_completion=True needs isolation='process': inline code cannot be stopped", where=where
        )
    return options


def _check_choice(key: str, value: object, allowed: tuple[object, ...], where: str) -> None:
    if value not in allowed:
        raise GraderError(f"{key}={value!r}; allowed: {', '.join(str(a) for a in allowed if a)}", where=where)
