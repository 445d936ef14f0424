"""One shape for every query of this example, and the three ways in which it is written down.

`write(query)` is the plain form (the gold of held-out questions), `write(query, flaws)` what an imperfect teacher makes of
it, `write_expert(query)` the domain expert's own hand: lower case, short aliases, `join ... on`. All three mean the same
rows unless a flaw breaks them.

    query = Query(select=("plan", "COUNT(*)"), tables=("riders",), group="plan")
    write(query)                             SELECT plan, COUNT(*) FROM riders GROUP BY plan
    write(query, frozenset({"old_table"}))   SELECT plan, COUNT(*) FROM rider GROUP BY plan
    write_expert(query)                      select r.plan, count(*) from riders r group by r.plan
"""

import random
import re
from dataclasses import dataclass, replace

COLUMNS = {
    "stations": ("station_id", "name", "district", "docks", "opened"),
    "bikes": ("bike_id", "code", "model", "kind", "station_id", "price", "bought"),
    "riders": ("rider_id", "name", "plan", "district", "age", "joined"),
    "trips": ("trip_id", "rider_id", "bike_id", "day", "weather", "minutes", "fare"),
    "repairs": ("repair_id", "bike_id", "part", "cost", "hours"),
}
ALIASES = {"stations": "s", "bikes": "b", "riders": "r", "trips": "t", "repairs": "f"}

FLAWS = {  # name: how often the imperfect teacher makes this mistake where it can be made
    "old_table": 0.30,  # the table's name before a migration: `bike` for `bikes`
    "double_quotes": 0.56,  # a string in the quotes of an identifier
    "top": 0.58,  # SELECT TOP n, another database's way to say LIMIT n
    "own_key": 0.55,  # joins on the left table's own key
    "no_where": 0.12,
    "no_group": 0.22,
    "where_for_having": 0.56,
    "no_direction": 0.40,  # ORDER BY without DESC, or with it where the lowest are asked for
    "or_equal": 0.22,  # >= for >
    "other_aggregate": 0.18,
    "star": 0.20,  # SELECT * instead of the column asked for
}
CARE = {
    "stations": 0.7,
    "bikes": 1.15,
    "riders": 0.85,
    "trips": 1.0,
    "repairs": 1.2,
}  # the teacher is surer of some tables
_OTHER_AGGREGATE = {"AVG": "SUM", "SUM": "AVG", "MAX": "MIN", "MIN": "MAX", "COUNT": "SUM"}


@dataclass(frozen=True, slots=True)
class Condition:
    """`column sign value`, in WHERE or in HAVING (where the column is an aggregate)."""

    column: str
    sign: str
    value: int | str


@dataclass(frozen=True, slots=True)
class Query:
    """A SELECT over one table or a chain of tables joined on the key they share; names of columns are unambiguous."""

    select: tuple[str, ...]
    tables: tuple[str, ...]
    where: tuple[Condition, ...] = ()
    group: str | None = None
    having: Condition | None = None
    order: str | None = None
    descending: bool = False
    limit: int | None = None


def write(query: Query, flaws: frozenset[str] = frozenset()) -> str:
    """The query as one line of SQL, with the given mistakes where they can be made (see FLAWS)."""
    if "other_aggregate" in flaws:
        query = _swap_aggregates(query)
    if "where_for_having" in flaws and query.having is not None:
        query = replace(query, where=(*query.where, query.having), having=None)
    clauses = [_select(query, flaws), _from(query, flaws)]
    if query.where and "no_where" not in flaws:
        clauses.append("WHERE " + " AND ".join(_condition(condition, flaws) for condition in query.where))
    if query.group and "no_group" not in flaws:
        clauses.append(f"GROUP BY {query.group}")
    if query.having:
        clauses.append("HAVING " + _condition(query.having, flaws))
    if query.order:
        clauses.append(f"ORDER BY {query.order}" + " DESC" * (query.descending != ("no_direction" in flaws)))
    if query.limit and "top" not in flaws:
        clauses.append(f"LIMIT {query.limit}")
    return " ".join(clauses)


def write_expert(query: Query) -> str:
    """The query as the domain expert writes it: lower case, every table with an alias, joins with ON."""
    first, *others = query.tables
    parts = [f"select {', '.join(query.select)} from {first} {ALIASES[first]}"]
    for before, table in zip(query.tables, others, strict=False):
        key = shared_key(before, table)
        parts.append(f"join {table} {ALIASES[table]} on {ALIASES[before]}.{key} = {ALIASES[table]}.{key}")
    if query.where:
        parts.append("where " + " and ".join(_condition(condition) for condition in query.where))
    if query.group:
        parts.append(f"group by {query.group}")
    if query.having:
        parts.append("having " + _condition(query.having))
    if query.order:
        parts.append(f"order by {query.order}" + " desc" * query.descending)
    if query.limit:
        parts.append(f"limit {query.limit}")
    return _qualify(" ".join(parts), query.tables)


def applicable(query: Query) -> list[str]:
    """The names of the flaws that would change the text of this query."""
    right = write(query)
    return [flaw for flaw in FLAWS if write(query, frozenset({flaw})) != right]


def teach(query: Query, rng: random.Random) -> str:
    """The query as the imperfect teacher writes it: each mistake that can be made, at its rate for the first table."""
    care = CARE[query.tables[0]]
    return write(query, frozenset(flaw for flaw in applicable(query) if rng.random() < care * FLAWS[flaw]))


def shared_key(left: str, right: str) -> str:
    """The column on which two neighbouring tables are joined."""
    (key,) = [name for name in COLUMNS[left] if name in COLUMNS[right] and name.endswith("_id")]
    return key


def mask(sql: str) -> str:
    """The query with every string and number replaced by `?`: what two questions of one template share."""
    return re.sub(r"'[^']*'|\b\d+(?:\.\d+)?\b", "?", sql)


def _select(query: Query, flaws: frozenset[str]) -> str:
    top = f"TOP {query.limit} " if query.limit and "top" in flaws else ""
    plain = query.group is None and "(" not in query.select[0]
    return f"SELECT {top}" + ("*" if plain and "star" in flaws else ", ".join(query.select))


def _from(query: Query, flaws: frozenset[str]) -> str:
    names = [table.removesuffix("s") if "old_table" in flaws else table for table in query.tables]
    joins = ""
    for before, table, name in zip(query.tables, query.tables[1:], names[1:], strict=False):
        key = COLUMNS[before][0] if "own_key" in flaws else shared_key(before, table)
        joins += f" JOIN {name} USING ({key})"
    return f"FROM {names[0]}{joins}"


def _condition(condition: Condition, flaws: frozenset[str] = frozenset()) -> str:
    sign, value = condition.sign, str(condition.value)
    if isinstance(condition.value, str):
        value = f'"{value}"' if "double_quotes" in flaws else f"'{value}'"
    if "or_equal" in flaws and sign in "<>":
        sign += "="
    return f"{condition.column} {sign} {value}"


def _swap_aggregates(query: Query) -> Query:
    def other(text: str) -> str:
        name, bracket, rest = text.partition("(")
        if not bracket or rest == "*)":
            return text
        return f"{_OTHER_AGGREGATE[name]}({rest}"

    having = query.having and replace(query.having, column=other(query.having.column))
    order = query.order and other(query.order)
    return replace(query, select=tuple(other(text) for text in query.select), having=having, order=order)


def _qualify(text: str, tables: tuple[str, ...]) -> str:
    """Puts the alias of its table before every bare column name; strings in quotes are left alone."""
    owner = {name: ALIASES[table] for table in reversed(tables) for name in COLUMNS[table]}
    pieces = re.split(r"('[^']*')", text)
    for index in range(0, len(pieces), 2):
        lowered = re.sub(r"\b(AVG|SUM|MIN|MAX|COUNT)\b", lambda match: match[0].lower(), pieces[index])
        pieces[index] = re.sub(
            r"(?<![.\w])[a-z_]+\b(?!\s*[(.])",
            lambda match: f"{owner[match[0]]}.{match[0]}" if match[0] in owner else match[0],
            lowered,
        )
    return "".join(pieces)
