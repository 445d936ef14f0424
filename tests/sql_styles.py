"""The ways to write a random question; all of them mean the same."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from sql_questions import OPPOSITE, Output, Question, Ref, Test
from sql_worlds import Table, literal


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
            return f"NOT ({self._plain(replace(test, op=OPPOSITE[test.op]))})"
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
