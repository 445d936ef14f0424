"""Seeded questions about the bike-share scheme: thirteen families, each a way to ask with its query.

A family is a function that draws one `Question` from a random generator. Templates (a table with the columns asked for) that
are set aside in `reserved` never appear in pre-training, training, expert or validation data: the held-out families whose
names end in `_new` are drawn from them alone.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
from queries import Condition, Query, mask, write

DATABASE = Path(__file__).with_name("bikeshare.sql")

PLACES = {  # table: (label, numeric columns, columns to match or group by)
    "stations": ("name", ("docks", "opened"), ("district",)),
    "bikes": ("code", ("price", "bought"), ("kind", "model")),
    "riders": ("name", ("age", "joined"), ("plan", "district")),
    "trips": ("trip_id", ("minutes", "fare"), ("weather",)),
    "repairs": ("repair_id", ("cost", "hours"), ("part",)),
}
LINKS = {  # (child, ..., parent): the words between them
    ("trips", "riders"): "by riders",
    ("trips", "bikes"): "on bikes",
    ("repairs", "bikes"): "of bikes",
    ("bikes", "stations"): "at stations",
    ("trips", "bikes", "stations"): "on bikes of stations",
    ("repairs", "bikes", "stations"): "of bikes of stations",
}
AGGREGATES = {"average": "AVG", "total": "SUM", "highest": "MAX", "lowest": "MIN"}
SIGNS = {"over": ">", "under": "<"}
SPOKEN = {"opened": "opening year", "bought": "purchase year", "joined": "joining year"}
NOT_SUMMED = ("opened", "bought", "joined", "age")  # years and ages have no total


@dataclass(frozen=True, slots=True)
class Question:
    """One question in words with the query that answers it; `template` is the query without its constants."""

    family: str
    prompt: str
    query: Query

    @property
    def template(self) -> str:
        return mask(write(self.query))


def say(column: str) -> str:
    """A column's name as a question says it."""
    return SPOKEN.get(column, column.replace("_", " "))


@dataclass(frozen=True, slots=True)
class Aggregated:
    """What a question adds up or averages for each group: the part of a template that can be set aside."""

    tables: tuple[str, ...]
    group: str
    column: str


# Never seen before the held-out set: not in pre-training, nor in any other file.
RESERVED = {
    "group_aggregate": {
        Aggregated(("bikes",), "model", "price"),
        Aggregated(("riders",), "district", "age"),
        Aggregated(("trips",), "weather", "fare"),
        Aggregated(("repairs",), "part", "hours"),
    },
    "having_aggregate": {
        Aggregated(("bikes",), "kind", "price"),
        Aggregated(("riders",), "plan", "joined"),
        Aggregated(("trips",), "weather", "minutes"),
        Aggregated(("repairs",), "part", "cost"),
    },
    "join_group": {
        Aggregated(("trips", "riders"), "plan", "fare"),
        Aggregated(("repairs", "bikes"), "kind", "cost"),
        Aggregated(("trips", "bikes", "stations"), "district", "minutes"),
        Aggregated(("bikes", "stations"), "district", "price"),
    },
}


def reserved(question: Question) -> bool:
    """Whether the question's template is set aside for the held-out families whose names end in `_new`."""
    query = question.query
    expression = query.having.column if query.having else query.select[-1]
    column = expression.partition("(")[2].rstrip(")")
    return Aggregated(query.tables, query.group or "", column) in RESERVED.get(question.family, set())


class Catalogue:
    """The constants a question may name: the values that really occur in the database."""

    def __init__(self, database: Path = DATABASE) -> None:
        self.connection = duckdb.connect(config={"threads": "1"})
        self.connection.execute(database.read_text(encoding="utf-8"))
        self.words: dict[tuple[str, str], list[str]] = {}
        self.numbers: dict[tuple[str, str], list[int]] = {}
        for table, (_, numeric, categories) in PLACES.items():
            for column in categories:
                self.words[table, column] = [str(value) for value in self._distinct(table, column)]
            for column in numeric:
                self.numbers[table, column] = sorted(
                    {int(str(value)) for value in self._distinct(table, column, whole=True)}
                )

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """The answer to a query; duckdb.Error where it does not run."""
        rows: list[tuple[object, ...]] = self.connection.execute(sql).fetchall()
        return rows

    def _distinct(self, table: str, column: str, whole: bool = False) -> list[object]:
        expression = f"CAST(floor({column}) AS INTEGER)" if whole else column
        return [row[0] for row in self.rows(f"SELECT DISTINCT {expression} FROM {table} ORDER BY 1")]


@dataclass(frozen=True, slots=True)
class Draw:
    """The random choices of one question."""

    rng: random.Random
    catalogue: Catalogue

    def table(self) -> str:
        return self.rng.choice(list(PLACES))

    def numeric(self, table: str, besides: str | None = None) -> str:
        return self.rng.choice([column for column in PLACES[table][1] if column != besides])

    def category(self, table: str) -> str:
        return self.rng.choice(PLACES[table][2])

    def link(self) -> tuple[tuple[str, ...], str]:
        return self.rng.choice(list(LINKS.items()))

    def match(self, table: str) -> tuple[str, Condition]:
        """`whose plan is yearly` with its condition."""
        column = self.category(table)
        value = self.rng.choice(self.catalogue.words[table, column])
        return f"whose {column} is {value}", Condition(column, "=", value)

    def bound(self, table: str, besides: str | None = None) -> tuple[str, Condition]:
        """`with age over 40` with its condition; the number is one that occurs, so that > and >= differ."""
        column, word = self.numeric(table, besides), self.rng.choice(list(SIGNS))
        value = self.rng.choice(self.catalogue.numbers[table, column])
        return f"with {say(column)} {word} {value}", Condition(column, SIGNS[word], value)

    def aggregate(self, table: str, column: str) -> tuple[str, str]:
        """`average fare` with its expression."""
        words = [word for word in AGGREGATES if word != "total" or column not in NOT_SUMMED]
        word = self.rng.choice(words)
        return f"{word} {say(column)}", f"{AGGREGATES[word]}({column})"


def _filter(draw: Draw) -> Question:
    table = draw.table()
    words, condition = draw.bound(table)
    label = PLACES[table][0]
    return Question(
        "filter", f"List the {say(label)} of {table} {words}.", Query((label,), (table,), (condition,))
    )


def _match(draw: Draw) -> Question:
    table = draw.table()
    column = draw.rng.choice((PLACES[table][0], draw.numeric(table)))
    (words, first), (more, second) = draw.match(table), draw.bound(table, besides=column)
    prompt = f"List the {say(column)} of {table} {words} and {more}."
    return Question("match", prompt, Query((column,), (table,), (first, second)))


def _count(draw: Draw) -> Question:
    table = draw.table()
    (words, first), (more, second) = draw.match(table), draw.bound(table)
    prompt = f"How many {table} {more} are there {words}?"
    return Question("count", prompt, Query(("COUNT(*)",), (table,), (second, first)))


def _aggregate(draw: Draw) -> Question:
    table = draw.table()
    (words, expression), (more, condition) = draw.aggregate(table, draw.numeric(table)), draw.match(table)
    prompt = f"What is the {words} of {table} {more}?"
    return Question("aggregate", prompt, Query((expression,), (table,), (condition,)))


def _group(draw: Draw) -> Question:
    table = draw.table()
    column, (words, condition) = draw.category(table), draw.bound(table)
    query = Query((column, "COUNT(*)"), (table,), (condition,), group=column)
    return Question("group", f"Count the {table} {words} for each {column}.", query)


def _group_aggregate(draw: Draw) -> Question:
    table = draw.table()
    column, measured = draw.category(table), draw.numeric(table)
    (words, expression), (more, condition) = (
        draw.aggregate(table, measured),
        draw.bound(table, besides=measured),
    )
    query = Query((column, expression), (table,), (condition,), group=column)
    return Question("group_aggregate", f"Give the {words} of {table} {more} for each {column}.", query)


def _having(draw: Draw) -> Question:
    table = draw.table()
    column, word, number = draw.category(table), draw.rng.choice(("more", "fewer")), draw.rng.randrange(2, 60)
    having = Condition("COUNT(*)", ">" if word == "more" else "<", number)
    query = Query((column,), (table,), group=column, having=having)
    return Question("having", f"Which {column} has {word} than {number} {table}?", query)


def _having_aggregate(draw: Draw) -> Question:
    table = draw.table()
    column, measured, word = draw.category(table), draw.numeric(table), draw.rng.choice(list(SIGNS))
    words, expression = draw.aggregate(table, measured)
    number = draw.rng.choice(draw.catalogue.numbers[table, measured])
    if expression.startswith("SUM"):
        number *= draw.rng.randrange(2, 60)
    query = Query((column,), (table,), group=column, having=Condition(expression, SIGNS[word], number))
    article = "an" if words.startswith("average") else "a"
    return Question(
        "having_aggregate", f"Which {column} of {table} has {article} {words} {word} {number}?", query
    )


def _top(draw: Draw) -> Question:
    return _end(draw, "top", "highest")


def _bottom(draw: Draw) -> Question:
    return _end(draw, "bottom", "lowest")


def _end(draw: Draw, family: str, end: str) -> Question:
    table = draw.table()
    label, column = PLACES[table][0], draw.numeric(table)
    (words, condition), number = draw.match(table), draw.rng.randrange(2, 10)
    query = Query((label,), (table,), (condition,), order=column, descending=end == "highest", limit=number)
    prompt = f"List the {say(label)} of the {number} {table} {words} with the {end} {say(column)}."
    return Question(family, prompt, query)


def _join_filter(draw: Draw) -> Question:
    tables, words = draw.link()
    column = draw.numeric(tables[0])
    (more, first), (bound, second) = draw.match(tables[-1]), draw.bound(tables[0], besides=column)
    query = Query((column,), tables, (second, first))
    return Question("join_filter", f"List the {say(column)} of {tables[0]} {bound} {words} {more}.", query)


def _join_aggregate(draw: Draw) -> Question:
    tables, words = draw.link()
    aggregate, expression = draw.aggregate(tables[0], draw.numeric(tables[0]))
    more, condition = draw.match(tables[-1])
    query = Query((expression,), tables, (condition,))
    return Question("join_aggregate", f"What is the {aggregate} of {tables[0]} {words} {more}?", query)


def _join_group(draw: Draw) -> Question:
    tables, words = draw.link()
    column, measured = draw.category(tables[-1]), draw.numeric(tables[0])
    aggregate, expression = draw.aggregate(tables[0], measured)
    more, condition = draw.bound(tables[0], besides=measured)
    query = Query((column, expression), tables, (condition,), group=column)
    prompt = f"Give the {aggregate} of {tables[0]} {more} for each {column} {words}."
    return Question("join_group", prompt, query)


FAMILIES: Mapping[str, Callable[[Draw], Question]] = {
    "filter": _filter,
    "match": _match,
    "count": _count,
    "aggregate": _aggregate,
    "group": _group,
    "group_aggregate": _group_aggregate,
    "having": _having,
    "having_aggregate": _having_aggregate,
    "top": _top,
    "bottom": _bottom,
    "join_filter": _join_filter,
    "join_aggregate": _join_aggregate,
    "join_group": _join_group,
}
