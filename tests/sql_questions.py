"""Random small databases and queries on them, which can be written in many ways, for the properties of the SQL grader.

A `Question` is a query before it is written. `written(question, style)` writes it; every style means the same. `mistakes(question)` changes
what it means by one step each. None of this knows how the grader makes its own mistakes and instances.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from hypothesis import strategies as st

Kind = Literal["int", "text", "date", "decimal"]
Cell = int | str | date | Decimal | None
TYPES: dict[Kind, str] = {"int": "INTEGER", "text": "TEXT", "date": "DATE", "decimal": "DECIMAL(6, 2)"}
VALUES: dict[Kind, Sequence[Any]] = {
    "int": range(-2, 7),
    "text": ["ann", "bob", "Bob", "ann lee", "o'neil", ""],
    "date": [date(2024, 2, 27) + timedelta(days=days) for days in (0, 1, 2, 3, 40, 366)],
    "decimal": [Decimal(n) / 4 for n in range(0, 40, 3)],
}
PATTERNS = ["%an%", "b%", "%b", "_ob", "%"]


# Databases


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind
    nullable: bool = True
    points_to: str = ""  # a table, at its id


@dataclass(frozen=True)
class Table:
    """The first column, `id`, is its key."""

    name: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class World:
    """A database: as the dump of a schema with keys, or as the tables of a sample, which declare nothing."""

    tables: tuple[Table, ...]
    rows: dict[str, list[tuple[Cell, ...]]] = field(hash=False)

    def dump(self) -> str:
        """CREATE and INSERT statements."""
        return "\n".join(statement for table in self.tables for statement in self._statements(table))

    def as_tables(self) -> dict[str, Any]:
        """The tables as a sample holds them."""
        return {
            table.name: {
                "columns": [column.name for column in table.columns],
                "rows": [list(row) for row in self.rows[table.name]],
            }
            for table in self.tables
        }

    def _statements(self, table: Table) -> Iterator[str]:
        yield f"CREATE TABLE {table.name} ({', '.join(map(_declared, table.columns))});"
        if self.rows[table.name]:
            rows = ", ".join(f"({', '.join(map(literal, row))})" for row in self.rows[table.name])
            yield f"INSERT INTO {table.name} VALUES {rows};"

    def refilled(self, seed: int) -> World:
        """The same tables with other rows, which honour their keys; the first row of each holds no NULL, which would hide a type."""
        rng = random.Random(seed)
        rows: dict[str, list[tuple[Cell, ...]]] = {}
        for table in self.tables:
            count = rng.choice((2, 4, 8, 14))
            rows[table.name] = [
                tuple(_cell(column, number, rows, rng, empty=i > 0) for column in table.columns)
                for i, number in enumerate(rng.sample(range(1, 30), count))
            ]
        return replace(self, rows=rows)


def _declared(column: Column) -> str:
    if column.name == "id":
        return "id INTEGER PRIMARY KEY"
    points = f" REFERENCES {column.points_to} (id)" if column.points_to else ""
    return f"{column.name} {TYPES[column.kind]}{'' if column.nullable else ' NOT NULL'}{points}"


def _cell(
    column: Column, number: int, rows: dict[str, list[tuple[Cell, ...]]], rng: random.Random, *, empty: bool
) -> Cell:
    if column.name == "id":
        return number
    if empty and column.nullable and rng.random() < 0.25:
        return None
    return rng.choice(rows[column.points_to])[0] if column.points_to else rng.choice(VALUES[column.kind])


def literal(value: Cell) -> str:
    """A value as SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, date):
        return f"DATE '{value}'"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


# Questions

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


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Two or three tables; each after the first may point to one before it."""
    tables: list[Table] = []
    for name in ("people", "visits", "notes")[: draw(st.integers(2, 3))]:
        columns = [Column("id", "int", nullable=False)]
        if tables:
            columns.append(Column(f"{tables[-1].name}_id", "int", draw(st.booleans()), tables[-1].name))
        kinds = draw(st.lists(st.sampled_from(list(TYPES)), min_size=2, max_size=3))
        columns += [Column(f"{'abc'[i]}_{kind}", kind, draw(st.booleans())) for i, kind in enumerate(kinds)]
        tables.append(Table(name, tuple(columns)))
    return World(tuple(tables), {}).refilled(draw(st.integers(0, 10**6)))


@st.composite
def questions(draw: st.DrawFn, world: World) -> Question:
    """A query on one table, or on two where one points to the other."""
    table = draw(st.sampled_from(world.tables))
    links = list(_links(world, table))
    other, on = draw(st.sampled_from(links)) if links and draw(st.booleans()) else (None, ("", ""))
    refs: list[Ref] = [(0, column) for column in table.columns]
    refs += [(1, column) for column in other.columns] if other is not None else []
    shown = draw(st.lists(st.sampled_from(refs), min_size=1, max_size=3, unique=True))
    outputs = [Output(ref) for ref in shown]
    groups = draw(st.sampled_from([None, None, len(outputs), 0]))
    if groups is not None:
        aggregates = draw(st.lists(_aggregates(refs), min_size=1, max_size=2, unique=True))
        outputs = [*outputs[:groups], *aggregates]
    positions = draw(st.lists(st.integers(0, len(outputs) - 1), max_size=2, unique=True))
    order = tuple((position, draw(st.booleans())) for position in positions)
    tests = draw(st.lists(_tests(refs, world, table), max_size=2))
    united = groups is None and not order and draw(st.sampled_from([False, False, True]))
    return Question(
        table,
        tuple(outputs),
        other,
        on,
        draw(st.sampled_from(["", "LEFT"])) if other is not None else "",
        tuple(tests),
        draw(st.sampled_from(["AND", "OR"])),
        groups,
        draw(st.sampled_from([None, 1, 2])) if groups else None,
        groups is None and draw(st.booleans()),
        order,
        draw(st.sampled_from([None, 1, 3])) if order else None,
        (draw(_tests(refs, world, table)),) if united else None,
        draw(st.sampled_from(["UNION", "UNION ALL", "EXCEPT", "INTERSECT"])),
    )


def _links(world: World, table: Table) -> Iterator[tuple[Table, tuple[str, str]]]:
    for other in world.tables:
        for column in other.columns:
            if column.points_to == table.name:
                yield other, ("id", column.name)
        for column in table.columns:
            if column.points_to == other.name:
                yield other, (column.name, "id")


def _aggregates(refs: Sequence[Ref]) -> st.SearchStrategy[Output]:
    numbers = [ref for ref in refs if ref[1].kind in ("int", "decimal")]
    made = [Output(None, "count"), *(Output(ref, name) for ref in refs for name in ("count", "min", "max"))]
    made += [Output(ref, name) for ref in numbers for name in ("sum", "avg")]
    return st.sampled_from(made)


def _tests(refs: Sequence[Ref], world: World, table: Table) -> st.SearchStrategy[Test]:
    def of(ref: Ref) -> st.SearchStrategy[Test]:
        constants = st.sampled_from(VALUES[ref[1].kind])
        pairs = st.tuples(constants, constants).map(lambda pair: tuple(sorted(pair)))
        kinds = [
            st.builds(Test, st.just("cmp"), st.just(ref), st.tuples(constants), st.sampled_from(["=", "<>", "<", "<=", ">", ">="])),
            st.builds(Test, st.just("between"), st.just(ref), pairs),
            st.builds(Test, st.just("in"), st.just(ref), st.lists(constants, min_size=2, max_size=3, unique=True).map(tuple)),
            st.builds(Test, st.sampled_from(["null", "not null"]), st.just(ref)),
        ]  # fmt: skip
        if ref[1].kind == "text":
            kinds.append(st.builds(Test, st.just("like"), st.just(ref), st.tuples(st.sampled_from(PATTERNS))))
        return st.one_of(kinds)

    members = [
        Test("member", (0, table.columns[0]), (other, column))
        for other in world.tables
        for column in other.columns
        if column.points_to == table.name
    ]
    plain = st.sampled_from(list(refs)).flatmap(of)
    return st.one_of(plain, plain, plain, st.sampled_from(members)) if members else plain


# Writing


@dataclass(frozen=True)
class Style:
    """Ways to write the same: see `STYLES`."""

    keywords: Literal["upper", "lower"] = "upper"
    names: Literal["lower", "upper", "quoted"] = "lower"
    space: Literal["one", "lines", "comments"] = "one"
    aliases: tuple[str, str] = ("t0", "t1")
    output: str = "c"
    join: Literal["join", "swapped", "comma"] = "join"
    source: Literal["table", "cte", "subquery"] = "table"
    whole: Literal["", "cte", "subquery"] = ""
    member: Literal["in", "exists"] = "in"
    between: Literal["between", "and"] = "between"
    negate: Literal["", "twice", "opposite"] = ""
    order: Literal["name", "position", "expression"] = "name"
    distinct: Literal["distinct", "group"] = "distinct"


STYLES: dict[str, Style] = {
    "lower-case keywords": Style(keywords="lower"),
    "upper-case names": Style(names="upper"),
    "quoted names": Style(names="quoted"),
    "line breaks": Style(space="lines"),
    "comments": Style(space="comments"),
    "other aliases": Style(aliases=("x", "other_one"), output="column_"),
    "the join the other way round": Style(join="swapped"),
    "a comma for the join": Style(join="comma"),
    "tables through CTEs": Style(source="cte"),
    "tables through subqueries": Style(source="subquery"),
    "the whole in a CTE": Style(whole="cte"),
    "the whole in a subquery": Style(whole="subquery"),
    "EXISTS for IN": Style(member="exists"),
    "two comparisons for BETWEEN": Style(between="and"),
    "double negation": Style(negate="twice"),
    "the opposite negated": Style(negate="opposite"),
    "ORDER BY position": Style(order="position"),
    "ORDER BY expression": Style(order="expression"),
    "GROUP BY for DISTINCT": Style(distinct="group"),
    "everything at once": Style(
        "lower", "quoted", "comments", ("b", "a"), "y", "swapped", "cte", "", "exists", "and", "opposite", "position", "group"
    ),
}  # fmt: skip

_OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_TOKEN = re.compile(r"[A-Z]+ BY|'(?:[^']|'')*'|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?|\d+(?:\.\d+)?|<=|>=|<>|\S")


def written(question: Question, style: Style = Style()) -> str:  # frozen
    """The query as SQL."""
    text = _Writer(question, style).query()
    tokens = [_token(token, style) for token in _TOKEN.findall(text)]
    if style.space == "one":
        return " ".join(tokens)
    if style.space == "lines":
        return "\n\t".join(tokens)
    return "".join(
        f"{token} {('/* a ; comment */ ', '', '-- to the end: SELECT' + chr(10), '')[i % 4]}"
        for i, token in enumerate(tokens)
    )


def _token(token: str, style: Style) -> str:
    if token.startswith("'") or not (token[0].isalpha() or token[0] == "_"):
        return token
    if token.isupper():
        return token.lower() if style.keywords == "lower" else token
    if style.names == "quoted" and token not in ("count", "sum", "avg", "min", "max"):
        return ".".join(f'"{part}"' for part in token.split("."))
    return token.upper() if style.names == "upper" else token


class _Writer:
    def __init__(self, question: Question, style: Style) -> None:
        self.question, self.style = question, style

    def query(self) -> str:
        """With ORDER BY outside of what a set operation or a wrapping makes of it."""
        question, ctes = self.question, self._ctes()
        text = self._select(question.tests)
        if question.also is not None:
            text = f"{text} {question.united} {self._select(question.also)}"
        names = ", ".join(self._name(position) for position in range(len(question.outputs)))
        if self.style.whole == "cte":
            ctes, text = [*ctes, f"whole AS ({text})"], f"SELECT {names} FROM whole"
        elif self.style.whole == "subquery":
            text = f"SELECT {names} FROM ({text}) AS whole"
        start = f"WITH {', '.join(ctes)} " if ctes else ""
        return f"{start}{text}{self._order()}"

    def _select(self, tests: tuple[Test, ...]) -> str:
        question = self.question
        source, conditions = self._source()
        where = f" {question.connect} ".join(map(self._test, tests))
        if where:
            conditions.append(f"({where})" if conditions or question.connect == "OR" else where)
        outputs = ", ".join(f"{self._output(o)} AS {self._name(i)}" for i, o in enumerate(question.outputs))
        group = self._group()
        distinct = "DISTINCT " if question.distinct and self.style.distinct == "distinct" else ""
        return (
            f"SELECT {distinct}{outputs} FROM {source}"
            + (f" WHERE {' AND '.join(conditions)}" if conditions else "")
            + (f" GROUP BY {group}" if group else "")
            + (f" HAVING count(*) > {question.having}" if question.having is not None else "")
        )

    def _group(self) -> str:
        question = self.question
        if question.groups is None:
            grouped = question.outputs if question.distinct and self.style.distinct == "group" else ()
        else:
            grouped = question.outputs[: question.groups]
        return ", ".join(self._output(output) for output in grouped)

    def _source(self) -> tuple[str, list[str]]:
        question, (first, second) = self.question, self.style.aliases
        table = f"{self._table(question.table)} AS {first}"
        if question.other is None:
            return table, []
        other = f"{self._table(question.other)} AS {second}"
        on = f"{first}.{question.on[0]} = {second}.{question.on[1]}"
        if question.join == "LEFT":
            if self.style.join == "swapped":
                return f"{other} RIGHT JOIN {table} ON {on}", []
            return f"{table} LEFT JOIN {other} ON {on}", []
        if self.style.join == "comma":
            return f"{other}, {table}", [on]
        return (
            f"{other} JOIN {table} ON {on}"
            if self.style.join == "swapped"
            else f"{table} JOIN {other} ON {on}"
        ), []

    def _table(self, table: Table) -> str:
        if self.style.source == "cte":
            return f"all_{table.name}"
        return f"(SELECT * FROM {table.name})" if self.style.source == "subquery" else table.name

    def _ctes(self) -> list[str]:
        if self.style.source != "cte":
            return []
        tables = {table.name for table in (self.question.table, self.question.other) if table is not None}
        return [f"all_{name} AS (SELECT * FROM {name})" for name in sorted(tables)]

    def _test(self, test: Test) -> str:
        if self.style.negate == "twice":
            return f"NOT (NOT ({self._plain(test)}))"
        if self.style.negate == "opposite" and test.how == "cmp":
            return f"NOT ({self._plain(replace(test, op=_OPPOSITE[test.op]))})"
        if self.style.negate == "opposite" and test.how in ("null", "not null"):
            other = "null" if test.how == "not null" else "not null"
            return f"NOT ({self._plain(replace(test, how=other))})"
        return self._plain(test)

    def _plain(self, test: Test) -> str:
        column = self._column(test.ref)
        if test.how == "cmp":
            return f"{column} {test.op} {literal(test.values[0])}"
        if test.how == "between":
            low, high = map(literal, test.values)
            both = f"({column} >= {low} AND {column} <= {high})"
            return both if self.style.between == "and" else f"{column} BETWEEN {low} AND {high}"
        if test.how == "in":
            return f"{column} IN ({', '.join(map(literal, test.values))})"
        if test.how == "like":
            return f"{column} LIKE {literal(test.values[0])}"
        if test.how in ("member", "no member"):
            return self._member(test, column)
        return f"{column} IS NULL" if test.how == "null" else f"{column} IS NOT NULL"

    def _member(self, test: Test, column: str) -> str:
        other, pointing = test.values
        negated = "NOT " if test.how == "no member" else ""
        inner = f"SELECT m.{pointing.name} FROM {other.name} AS m WHERE m.id > 3"
        if self.style.member == "exists":
            return f"{negated}EXISTS ({inner} AND m.{pointing.name} = {column})"
        return f"{column} {negated}IN ({inner})"

    def _output(self, output: Output) -> str:
        if not output.function:
            assert output.ref is not None
            return self._column(output.ref)
        distinct, _, name = output.function.rpartition(" ")
        inside = "*" if output.ref is None else self._column(output.ref)
        return f"{name}({distinct + ' ' if distinct else ''}{inside})"

    def _column(self, ref: Ref) -> str:
        return f"{self.style.aliases[ref[0]]}.{ref[1].name}"

    def _name(self, position: int) -> str:
        return f"{self.style.output}{position}"

    def _order(self) -> str:
        question = self.question
        if not question.order:
            return ""
        keys = ", ".join(
            f"{self._key(position)}{' DESC' if down else ''}" for position, down in question.order
        )
        return f" ORDER BY {keys}" + (f" LIMIT {question.limit}" if question.limit is not None else "")

    def _key(self, position: int) -> str:
        if self.style.order == "position":
            return str(position + 1)
        if self.style.order == "expression" and not self.question.distinct and not self.style.whole:
            return self._output(self.question.outputs[position])
        return self._name(position)


# Mistakes


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
        for united in ("UNION", "UNION ALL", "EXCEPT", "INTERSECT"):
            yield f"{united} for {question.united}", replace(question, united=united)


def _changed(test: Test) -> Iterator[Test]:
    if test.how == "cmp":
        near = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "=": ">=", "<>": ">"}
        yield replace(test, op=near[test.op])
        yield replace(test, op=_OPPOSITE[test.op])
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
