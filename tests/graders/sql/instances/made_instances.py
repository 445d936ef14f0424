"""What the tests of made-up instances share: the parts of a search one by one, and the constraints that rows violate."""

from collections.abc import Iterator, Mapping, Sequence

from rewardkit.graders.sql.comparing.rules import DEFAULT_RULES, Rules
from rewardkit.graders.sql.engines.duckdb_clock import DEFAULT_CLOCK, parse_clock
from rewardkit.graders.sql.engines.duckdb_databases import DuckDBDatabase
from rewardkit.graders.sql.engines.engine import Database, Query, Row, Table
from rewardkit.graders.sql.engines.schema import Schema, TableSchema
from rewardkit.graders.sql.instances.generating import Rows
from rewardkit.graders.sql.instances.hints import Hints, hints_of
from rewardkit.graders.sql.instances.kinds import Value
from rewardkit.graders.sql.instances.lineage import Scoped, scoped
from rewardkit.graders.sql.instances.plans import Plan, plan_of
from rewardkit.graders.sql.instances.searching import Found, Search, given_rows, search

CLOCK = parse_clock(DEFAULT_CLOCK)  # 2024-08-14 12:00


def query(database: Database, sql: str) -> Query:
    """A query that the gate lets through."""
    found = database.read(sql)
    assert isinstance(found, Query), found
    return found


def resolved(database: Database, sql: str) -> Scoped:
    """The query with its columns resolved."""
    tree = query(database, sql).tree
    assert tree is not None
    return scoped(tree, database.schema, database.engine)


def hints(database: Database, sql: str) -> Hints:
    """The hints of a query, its expressions evaluated by the engine."""

    def value(expression: object) -> object:
        table = database.run(query(database, f"SELECT {expression.sql(dialect=database.engine)}"))  # type: ignore[attr-defined]
        return table.rows[0][0] if isinstance(table, Table) else None

    return hints_of(resolved(database, sql), value)


def plan(database: Database, sql: str) -> Plan:
    """The plan of a query's instances."""
    return plan_of(database.schema, given_rows(database), hints(database, sql), CLOCK)


def searched(database: Database, *golds: str, wanted: int = 3, rules: Rules = DEFAULT_RULES) -> Search:
    """The search for gold queries; without a store."""
    return search(
        database,
        [query(database, gold) for gold in golds],
        wanted,
        given=given_rows(database),
        clock=CLOCK,
        rules=rules,
    )


def results(database: DuckDBDatabase, sql: str, instances: Sequence[Found]) -> list[list[Row]]:
    """The rows of a query on each of the instances."""
    found: list[list[Row]] = []
    for instance in instances:
        database.add_instance("made", instance.rows)
        table = database.run(query(database, sql), "made")
        assert isinstance(table, Table), table
        found.append(table.rows)
    return found


def broken(schema: Schema, rows: Rows) -> set[str]:
    """The constraints that rows violate, in words: NOT NULL, unique keys, foreign keys."""
    return {
        why
        for name, table in schema.tables.items()
        for why in _broken(table, rows[name], rows, schema.tables)
    }


def _broken(
    table: TableSchema,
    members: Sequence[Sequence[Value]],
    rows: Rows,
    tables: Mapping[str, TableSchema],
) -> Iterator[str]:
    for column in table.columns:
        if not column.nullable and (None,) in _values(table, [column.name], members):
            yield f"{table.name}.{column.name} is NULL"
    for key in table.keys:
        values = [value for value in _values(table, key, members) if None not in value]
        if len(set(values)) < len(values):
            yield f"{table.name}{key} repeats"
    for pointer in table.foreign:
        targets = set(_values(tables[pointer.table], pointer.references, rows[pointer.table]))
        if any(
            None not in value and value not in targets for value in _values(table, pointer.columns, members)
        ):
            yield f"{table.name}{pointer.columns} leads nowhere"


def _values(
    table: TableSchema, names: Sequence[str], members: Sequence[Sequence[Value]]
) -> list[tuple[Value, ...]]:
    columns = [column.name.lower() for column in table.columns]
    positions = [columns.index(name.lower()) for name in names]
    return [tuple(row[position] for position in positions) for row in members]
