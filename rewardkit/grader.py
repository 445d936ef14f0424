"""A grader: a plain function of one completion, with a name and what its author declared about it.

    >>> @reward
    ... def short(completion: str) -> bool:
    ...     return len(completion) < 20
    >>> short("hello")                      # calling it does what the author wrote
    True
    >>> short.score("hello")                # scoring it gives a validated Score
    Score(1)

Parameters are asked for by name: `completion`, `prompt`, `messages`, `reference`, `seed`, `sample` (the whole row) or any column.
One declared with `group=True` asks for `completions`, all those of one prompt, and returns a list with one result for each.
There is no registry: a grader is an attribute of a module or a table of a TOML file, and (file, name) is its identity.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from .cases import Mark, marks_on
from .errors import GraderError, did_you_mean
from .options import Options
from .paths import display_path
from .scores import Score

Kind = Literal["reward", "partial_credit", "rubric", "ranking", "weighted", "gated", "penalised"]

JUDGED: tuple[Kind, ...] = ("rubric", "ranking")
"""The kinds that ask a judge. Their author's function, wrapped, only says what is asked."""

BUILT_IN = ("completion", "completions", "prompt", "messages", "seed", "sample")


@dataclass(frozen=True, eq=False)
class Grader:
    """Anything that turns (sample, completion) into a score. Made by a decorator or a combining function, never by hand.

    `asks` are the parameters without a default, `optional` those with one. `levels` are a ladder's rungs in rising order.
    `reference_in` are the columns in which one that takes the whole `sample` finds its reference: the first that a row has.
    `parts` are a combination's graders with their weights. `module` and `attribute` say where a worker process finds it.
    """

    name: str
    kind: Kind
    function: Callable[..., Any] | None
    options: Options
    asks: tuple[str, ...]
    optional: tuple[str, ...] = ()
    reference_in: tuple[str, ...] = ()
    levels: Mapping[str, float] = field(default_factory=dict)
    parts: tuple[tuple[Grader, float], ...] = ()
    marks: tuple[Mark, ...] = ()
    file: Path = Path("<unknown>")
    line: int = 0
    doc: str = ""
    module: str = ""
    attribute: str = ""

    def __post_init__(self) -> None:
        columns = [name for name in (*self.asks, *self.optional) if name not in BUILT_IN]
        for name in self.options.files:
            if name not in columns and "sample" not in (*self.asks, *self.optional):
                raise GraderError(
                    f"files={self.options.files!r}: it asks for no column '{name}'; the columns it asks for: "
                    f"{', '.join(columns) or 'none'}.{did_you_mean(name, columns)}",
                    where=str(self),
                )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Do what the author wrote."""
        if self.function is None:
            raise TypeError(
                f"{self} combines graders and has no function of its own; use .score(completion, ...)"
            )
        written = inspect.unwrap(self.function) if self.kind in JUDGED else self.function
        return written(*args, **kwargs)

    def score(self, completion: str, **columns: Any) -> Score:
        """Grade one completion here and now, async graders too.

        Runs in this process, as `isolation="inline"` does, except that a grader which runs completions goes to a worker process.
        """
        from .scoring import Item, score_one

        return score_one(self, Item(completion, columns))

    def score_group(self, completions: Sequence[str], **columns: Any) -> list[Score]:
        """Grade completions of one prompt, together where the grader was declared with `group=True`; one Score each."""
        from .scoring import Item, score_here

        if isinstance(completions, str):
            raise TypeError("score_group takes a list of completions; for one completion there is score()")
        return score_here(self, [Item(completion, columns, group="the group") for completion in completions])

    def with_mark(self, mark: Mark) -> Grader:
        """The grader with one more case, order or probe, kept in the order of the source."""
        return replace(self, marks=tuple(sorted((*self.marks, mark), key=lambda m: m.serial)))

    @property
    def where(self) -> str:
        """`file:line` of the declaration, as a person here would write it."""
        return f"{display_path(self.file)}:{self.line}"

    @property
    def fingerprint(self) -> str:
        """A hash of everything that decides the score: code, constants, closures, globals, options, package versions, and the judge that `--judge` names."""
        from .fingerprints import fingerprint
        from .judging.named import JUDGE

        judge = os.environ.get(JUDGE, "") if self.asks_a_judge else ""
        known = self._coded._fingerprints
        if judge not in known:
            known[judge] = fingerprint(self._coded)
        return known[judge]

    @cached_property
    def _fingerprints(self) -> dict[str, str]:
        """By judge, as computed first: a call may change a module's state."""
        return {}

    @cached_property
    def _coded(self) -> Grader:
        """The grader whose code it has; see `same_code`."""
        return self

    @cached_property
    def wants(self) -> tuple[str, ...]:
        """Every parameter that it or a part of it asks for, optional ones included, sorted."""
        own = {*self.asks, *self.optional}
        return tuple(sorted(own.union(*(part.wants for part, _ in self.parts))))

    @cached_property
    def needs(self) -> tuple[str, ...]:
        """Every parameter without a default that it or a part of it asks for, sorted."""
        return tuple(sorted({*self.asks}.union(*(part.needs for part, _ in self.parts))))

    @cached_property
    def file_columns(self) -> Mapping[str, tuple[object, ...]]:
        """The columns whose values are paths for it or a part of it, with the defaults of their parameters, which stand for an empty one."""
        found: dict[str, tuple[object, ...]] = {}
        for name in self.options.files:
            parameters = inspect.signature(self.function).parameters if self.function else {}
            found[name] = (parameters[name].default,) if name in parameters else ()
        for part, _ in self.parts:
            for name, instead in part.file_columns.items():
                found[name] = (*found.get(name, ()), *instead)
        return found

    @property
    def in_groups(self) -> bool:
        """Whether it, or a part of it, grades the completions of a prompt together."""
        return self.options.group

    @property
    def needs_others(self) -> bool:
        """Whether it says nothing of a completion alone: a ranking of the completions of a prompt."""
        return self.kind == "ranking" and self.in_groups

    @cached_property
    def is_plain(self) -> bool:
        """Whether it is one synchronous function that returns its result: nothing to await, to climb or to combine."""
        return self.kind == "reward" and not (self.parts or self.is_async or self.in_groups)

    @cached_property
    def is_async(self) -> bool:
        """Whether it or a part of it must be awaited."""
        own = inspect.iscoroutinefunction(self.function) or inspect.isasyncgenfunction(self.function)
        return own or any(part.is_async for part, _ in self.parts)

    @cached_property
    def asks_a_judge(self) -> bool:
        """Whether it or a part of it is a rubric or a ranking."""
        return self.kind in JUDGED or any(part.asks_a_judge for part, _ in self.parts)

    def __str__(self) -> str:
        return f"{self.kind} '{self.name or 'unnamed'}' ({self.where})"

    def __repr__(self) -> str:
        return f"<{self}>"


def same_code(grader: Grader, **changes: Any) -> Grader:
    """A copy under another name, place or with more cases: what it computes is the same, and so is its fingerprint."""
    copy = replace(grader, **changes)
    copy.__dict__["_coded"] = grader._coded
    _ = copy.fingerprint  # computed now, before a call could change a module's state
    return copy


def grader_of(
    function: Callable[..., Any],
    kind: Kind,
    options: Options,
    *,
    name: str | None,
    levels: Mapping[str, float] | None = None,
) -> Grader:
    """Wrap an author's function; GraderError when its parameters cannot be asked for by name."""
    asks, optional = _parameters(function, kind, options)
    code = inspect.unwrap(function).__code__
    return Grader(
        name=name or function.__name__,
        kind=kind,
        function=function,
        options=options,
        asks=asks,
        optional=optional,
        reference_in=("reference",) if "sample" in (*asks, *optional) else (),
        levels=dict(levels or {}),
        marks=marks_on(function),
        file=Path(code.co_filename),
        line=code.co_firstlineno,
        doc=inspect.getdoc(function) or "",
        module=function.__module__,
    )


def where_of(function: Callable[..., Any], kind: str) -> str:
    """How messages name a function that is not a grader yet: `reward 'exact' (graders/qa.py:12)`."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        raise GraderError(f"@{kind} decorates a function; got {function!r:.80}")
    return f"{kind} '{function.__name__}' ({display_path(code.co_filename)}:{code.co_firstlineno})"


def made_here(grader: Grader, name: str = "") -> Grader:
    """For factories: the grader as declared where the factory was called, so that it is collected there.

    amount = number_grader(tolerance=0.01)      # a grader of this file, named 'amount' after its variable
    """
    frame = sys._getframe(2)
    return replace(
        grader,
        name=name,
        file=Path(frame.f_code.co_filename),
        line=frame.f_lineno,
        module=frame.f_globals.get("__name__", ""),
    )


def _parameters(
    function: Callable[..., Any], kind: Kind, options: Options
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    where = where_of(function, kind)
    asks: list[str] = []
    optional: list[str] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise GraderError(
                f"parameter '{_stars(parameter)}' cannot be asked for by name; name each column you need: completion, prompt, "
                "messages, reference, seed, sample, or a column of your data",
                where=where,
            )
        (asks if parameter.default is parameter.empty else optional).append(parameter.name)
    _check_asks({*asks, *optional}, kind, options, where)
    return tuple(asks), tuple(optional)


def _check_asks(asked: set[str], kind: Kind, options: Options, where: str) -> None:
    """GraderError for a grader that asks for no completion, or for one where it gets several."""
    if options.group and kind not in ("reward", "ranking"):
        raise GraderError("group=True is for @reward; a ladder grades one completion at a time", where=where)
    if options.group and ("completions" not in asked or {"completion", "messages"} & asked):
        raise GraderError(
            "with group=True it asks for 'completions', the list of all completions of a prompt, and not for 'completion' or 'messages'",
            where=where,
        )
    if not options.group and "completions" in asked:
        raise GraderError(
            "it asks for 'completions'; declare group=True to grade all completions of a prompt together, or ask for 'completion'",
            where=where,
        )
    if not {"completion", "completions", "messages"} & asked:
        raise GraderError(
            "it asks for no 'completion', so it would give every answer the same score", where=where
        )


def _stars(parameter: inspect.Parameter) -> str:
    if parameter.kind is parameter.VAR_POSITIONAL:
        return f"*{parameter.name}"
    return f"**{parameter.name}" if parameter.kind is parameter.VAR_KEYWORD else parameter.name
