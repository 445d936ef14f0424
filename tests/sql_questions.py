"""Random queries on a random database, before they are written, and the mistakes that can be made in each.

`sql_styles.py` writes them. None of this knows how the grader makes its own mistakes and instances.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sql_worlds import VALUES, Column, Table, World

PATTERNS = ["%an%", "b%", "%b", "_ob", "%"]
OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
UNITED = ("UNION", "UNION ALL", "EXCEPT", "INTERSECT")

Ref = tuple[int, Column]
"""A column of the first table (0) or of the joined one (1)."""


@dataclass(frozen=True)
class Test:
    """A condition on one column.

    how: "cmp" (op, constant), "between" (low, high), "in" (constants), "null", "not null", "like" (pattern), "member" (the rows that
    another table points at, of which a condition holds).
    """

    how: str
    ref: Ref
    values: tuple[Any, ...] = ()
    op: str = ""


@dataclass(frozen=True)
class Output:
    """A column, or an aggregate of one; "count" without a column counts rows."""

    ref: Ref | None
    function: str = ""


@dataclass(frozen=True)
class Question:
    """join: "" or the kind of join to `other`, whose column points to `table` or the reverse. groups: how many of the outputs are grouped by.

    having: a least count of rows. order: positions of outputs and whether downwards. also: tests of a second query, united with this one.
    """

    table: Table
    outputs: tuple[Output, ...]
    other: Table | None = None
    on: tuple[str, str] = ("", "")
    join: str = ""
    tests: tuple[Test, ...] = ()
    connect: str = "AND"
    groups: int | None = None
    having: int | None = None
    distinct: bool = False
    order: tuple[tuple[int, bool], ...] = ()
    limit: int | None = None
    also: tuple[Test, ...] | None = None
    united: str = "UNION"


def random_question(rng: random.Random, world: World) -> Question:
    """A query on one table, or on two where one points to the other."""
    table = rng.choice(world.tables)
    links = list(_links(world, table))
    other, on = rng.choice(links) if rng.random() < 0.6 else (None, ("", ""))
    refs: list[Ref] = [(0, column) for column in table.columns]
    refs += [(1, column) for column in other.columns] if other is not None else []
    outputs = [Output(ref) for ref in rng.sample(refs, rng.choice((1, 2, 2, 3)))]
    groups = rng.choice((None, None, len(outputs), 0))
    if groups is not None:
        outputs = [*outputs[:groups], *rng.sample(_aggregates(refs), rng.choice((1, 2)))]
    order: tuple[tuple[int, bool], ...] = ()
    if rng.random() < 0.5 and groups != 0:
        positions = rng.sample(range(len(outputs)), rng.choice((1, min(2, len(outputs)))))
        order = tuple((position, rng.random() < 0.5) for position in positions)
    united = groups is None and not order and rng.random() < 0.4
    return Question(
        table,
        tuple(outputs),
        other,
        on,
        rng.choice(("", "LEFT")) if other is not None else "",
        tuple(_test(rng, refs, world, table) for _ in range(rng.choice((0, 1, 1, 2)))),
        rng.choice(("AND", "OR")),
        groups,
        rng.choice((None, 1, 2)) if groups else None,
        groups is None and rng.random() < 0.4,
        order,
        rng.choice((None, 1, 3)) if order else None,
        (_test(rng, refs, world, table),) if united else None,
        rng.choice(UNITED),
    )


def _links(world: World, table: Table) -> Iterator[tuple[Table, tuple[str, str]]]:
    for other in world.tables:
        for column in other.columns:
            if column.points_to == table.name:
                yield other, ("id", column.name)
        for column in table.columns:
            if column.points_to == other.name:
                yield other, (column.name, "id")


def _aggregates(refs: Sequence[Ref]) -> list[Output]:
    numbers = [ref for ref in refs if ref[1].kind in ("int", "decimal")]
    made = [Output(None, "count"), *(Output(ref, name) for ref in refs for name in ("count", "min", "max"))]
    return [*made, *(Output(ref, name) for ref in numbers for name in ("sum", "avg"))]


def _test(rng: random.Random, refs: Sequence[Ref], world: World, table: Table) -> Test:
    members = [
        Test("member", (0, table.columns[0]), (other, column))
        for other in world.tables
        for column in other.columns
        if column.points_to == table.name
    ]
    if members and rng.random() < 0.25:
        return rng.choice(members)
    ref = rng.choice(refs)
    values = VALUES[ref[1].kind]
    how = rng.choice(
        ("cmp", "cmp", "between", "in", "null", "not null", *(["like"] if ref[1].kind == "text" else []))
    )
    if how == "cmp":
        return Test(how, ref, (rng.choice(values),), rng.choice(("=", "<>", "<", "<=", ">", ">=")))
    if how == "between":
        return Test(how, ref, tuple(sorted(rng.choices(values, k=2))))
    if how == "in":
        return Test(how, ref, tuple(rng.sample(values, rng.choice((2, 3)))))
    return Test(how, ref, (rng.choice(PATTERNS),) if how == "like" else ())


def mistakes(question: Question) -> Iterator[tuple[str, Question]]:
    """The question with one thing changed, and what."""
    for i, test in enumerate(question.tests):
        rest = question.tests[:i], question.tests[i + 1 :]
        yield "a condition less", replace(question, tests=(*rest[0], *rest[1]))
        for changed in _changed(test):
            yield f"another condition ({test.how})", replace(question, tests=(*rest[0], changed, *rest[1]))
    if len(question.tests) > 1:
        yield "AND for OR", replace(question, connect="OR" if question.connect == "AND" else "AND")
    if question.other is not None:
        yield "another join", replace(question, join="" if question.join else "LEFT")
    if question.groups is None:
        yield "DISTINCT", replace(question, distinct=not question.distinct)
    for i, output in enumerate(question.outputs):
        for other in _other_functions(output):
            outputs = (*question.outputs[:i], replace(output, function=other), *question.outputs[i + 1 :])
            yield f"{other} for {output.function}", replace(question, outputs=outputs)
    if question.having is not None:
        yield "another HAVING", replace(question, having=question.having + 1)
        yield "no HAVING", replace(question, having=None)
    yield from _misordered(question)
    if question.also is not None:
        for united in UNITED:
            yield f"{united} for {question.united}", replace(question, united=united)


def _changed(test: Test) -> Iterator[Test]:
    if test.how == "cmp":
        near = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "=": ">=", "<>": ">"}
        yield replace(test, op=near[test.op])
        yield replace(test, op=OPPOSITE[test.op])
    elif test.how == "between":
        yield replace(test, how="cmp", op=">=", values=test.values[:1])
        yield replace(test, how="cmp", op="<", values=test.values[1:])
    elif test.how == "in":
        yield replace(test, values=test.values[1:])
    elif test.how in ("null", "not null"):
        yield replace(test, how="null" if test.how == "not null" else "not null")
    elif test.how == "like":
        yield replace(test, values=(test.values[0].strip("%") or "x",))
    elif test.how == "member":
        yield replace(test, how="no member")


def _other_functions(output: Output) -> Sequence[str]:
    if output.ref is None:
        return ()
    return {"count": ("DISTINCT count",), "min": ("max",), "max": ("min",), "sum": ("avg", "DISTINCT sum"), "avg": ("max",)}.get(
        output.function, ()
    )  # fmt: skip


def _misordered(question: Question) -> Iterator[tuple[str, Question]]:
    if question.order:
        (position, down), *rest = question.order
        yield "the other direction", replace(question, order=((position, not down), *rest))
        if question.limit is None:
            yield "no order", replace(question, order=())
    if question.limit is not None:
        yield "one row more", replace(question, limit=question.limit + 1)
        yield "no limit", replace(question, limit=None)
