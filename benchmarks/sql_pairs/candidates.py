"""The other queries that one gold is compared with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb
from sqlglot import exp
from sqlglot.errors import SqlglotError

from .columns import parse
from .databases import Databases
from .facts import Schema
from .labels import Tally
from .mutants import MOST as MOST_MUTANTS
from .mutants import Variation, mutants
from .questions import Question
from .rewrites import MOST as MOST_REWRITES
from .rewrites import rewrites

OtherKind = Literal["mutant", "rewrite", "other_gold", "variant"]


@dataclass(frozen=True, slots=True)
class Other:
    """A query to be compared with the gold."""

    kind: OtherKind
    type: str
    sql: str
    tree: exp.Expr


@dataclass(frozen=True, slots=True)
class Labelled:
    """What the instances say of it; `error` when it does not run."""

    other: Other
    tally: Tally
    loose: Tally | None
    error: str = ""


def made(tree: exp.Expr, schema: Schema, seed: str, dialect: str) -> Iterator[list[Other]]:
    """The mutants and the rewrites of a gold, each in the order in which they are to be taken."""
    yield [_other("mutant", one, dialect) for one in mutants(tree, schema, seed, dialect)]
    yield [_other("rewrite", one, dialect) for one in rewrites(tree, schema, seed, dialect)]


def runnable_ones(found: Sequence[Other], databases: Databases) -> tuple[list[Other], list[Labelled]]:
    """The first that run on the shipped database, as many as are wanted, and those before them that do not."""
    kept: list[Other] = []
    broken: list[Labelled] = []
    for other in found:
        if len(kept) == (MOST_MUTANTS if other.kind == "mutant" else MOST_REWRITES):
            break
        error = _error(databases, other.sql)
        if error:
            broken.append(Labelled(other, Tally(0, 0, 0, 0, ""), None, error))
        else:
            kept.append(other)
    return kept, broken


def variants(question: Question) -> list[Other]:
    """The further accepted golds of a question."""
    return [Other("variant", gold.origin, gold.sql, tree_of(gold.sql)) for gold in question.golds[1:]]


def unrelated(question: Question, questions: Sequence[Question]) -> list[Other]:
    """The first golds of the database's other questions."""
    return [
        Other("other_gold", str(other.index), other.golds[0].sql, tree_of(other.golds[0].sql))
        for other in questions
        if other.index != question.index and other.golds[0].sql != question.golds[0].sql
    ]


def tree_of(sql: str) -> exp.Expr:
    """The tree of a gold, in the dialect that parses it."""
    try:
        return parse(sql)
    except SqlglotError:
        return parse(sql, "duckdb")


def _other(kind: OtherKind, variation: Variation, dialect: str) -> Other:
    text = variation.tree.sql(dialect, pretty=variation.type == "pretty")
    return Other(kind, variation.type, text, variation.tree)


def _error(databases: Databases, sql: str) -> str:
    try:
        databases.run(0, sql)
    except duckdb.Error as error:
        return str(error).splitlines()[0]
    return ""
