"""The mutants of a grader's source: its functions after one typed edit each, at most so many, spread over kinds of edit and lines."""

from __future__ import annotations

import ast
import random
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ...grader import Grader
from .calls import dropped_calls, other_calls, swapped_arguments
from .conditions import comparisons, joins, negations
from .scope import Scope
from .source import Edit, Source
from .statements import deleted_statements, fixed_results
from .values import arithmetic, numbers, patterns, texts

MOST = 60
"""Mutants of one grader that are tried."""

Operator: TypeAlias = Callable[[Scope, ast.AST], Iterator[Edit]]

OPERATORS: tuple[Operator, ...] = (
    comparisons,
    joins,
    negations,
    fixed_results,
    deleted_statements,
    dropped_calls,
    other_calls,
    swapped_arguments,
    patterns,
    texts,
    numbers,
    arithmetic,
)
"""Every kind of edit; each gives what it can make of one node of a function's syntax tree."""


@dataclass(frozen=True, slots=True)
class SourceMutant:
    """A grader's file after one edit: its whole text, with the line numbers of the original."""

    edit: Edit
    line: int
    text: str


def source_mutants(
    source: Source, functions: Sequence[ast.FunctionDef], grader: Grader, *, seed: int = 0, most: int = MOST
) -> list[SourceMutant]:
    """At most `most` mutants of these functions, the first of which is the grader's own; in an order of which any beginning is spread too."""
    chosen: dict[str, SourceMutant] = {}
    for edit in _spread(source, list(_edits(source, functions, grader)), seed):
        text = source.after(edit)
        if len(chosen) == most:
            break
        if text not in chosen and _is_python(text):
            chosen[text] = SourceMutant(edit, source.line(edit.start), text)
    return list(chosen.values())


def _edits(source: Source, functions: Sequence[ast.FunctionDef], grader: Grader) -> Iterator[Edit]:
    low, high = grader.options.range
    for function in functions:
        own = function is functions[0]
        scope = Scope(source, function, own, own and grader.kind == "partial_credit", low, high)
        if own and grader.in_groups:
            operators = tuple(operator for operator in OPERATORS if operator is not fixed_results)
        else:
            operators = OPERATORS
        for node in scope.nodes:
            for operator in operators:
                yield from operator(scope, node)


def _spread(source: Source, edits: Sequence[Edit], seed: int) -> Iterator[Edit]:
    """All edits in an order in which any beginning has edits of every kind and of many lines."""
    by_kind: dict[str, list[Edit]] = defaultdict(list)
    for edit in dict.fromkeys(edits):
        by_kind[edit.operator].append(edit)
    chance = random.Random(seed)
    for waiting in by_kind.values():
        chance.shuffle(waiting)
    taken: Counter[int] = Counter()
    while by_kind:
        for kind in sorted(by_kind):
            waiting = by_kind[kind]
            edit = min(waiting, key=lambda edit: taken[source.line(edit.start)])
            taken[source.line(edit.start)] += 1
            waiting.remove(edit)
            if not waiting:
                del by_kind[kind]
            yield edit


def _is_python(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # such as on `"text" is found`
        try:
            compile(text, "<mutant>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError):
            return False
    return True
