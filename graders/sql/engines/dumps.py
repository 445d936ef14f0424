"""Load a .sql dump, in DuckDB's or Postgres's dialect, into an in-memory DuckDB.

A statement runs as written where it can. CREATE TABLE is rewritten first: SERIAL columns become integers that count up, and foreign keys
go (Postgres lets their types differ, DuckDB does not). What a dump declares is noted beside (`declared.py`). TO_CHAR of dates is there while the dump loads. Other
statements that fail are tried once more as sqlglot translates them from Postgres. What a dump says about owners, rights and sessions is left out.
"""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from .declared import note_constraints
from .gate import split_statements
from .mysql_dumps import told_as_mysql
from .schema import TableSchema

_IGNORED = re.compile(
    r"\s*(set|reset|begin|start\s+transaction|commit|end|grant|revoke|comment\s+on|create\s+extension|vacuum|analyze|lock|"
    r"create\s+(unique\s+)?index|alter\s+(table|sequence|schema|default|type|function|view|index)|select\s+pg_catalog|drop)\b",
    re.IGNORECASE,
)
_MAY_DECLARE = re.compile(r"\s*(alter\s+table|create\s+(unique\s+index|(\w+\s+)?table))\b", re.IGNORECASE)
_SERIALS = {"SERIAL": "INT", "SMALLSERIAL": "SMALLINT", "BIGSERIAL": "BIGINT"}
_FOREIGN = (exp.ForeignKey, exp.Reference)
_TO_CHAR = (  # longer patterns first
    ("YYYY", "%Y"), ("YY", "%y"), ("MM", "%m"), ("DD", "%d"), ("HH24", "%H"), ("HH12", "%I"), ("HH", "%I"), ("MI", "%M"),
    ("SS", "%S"), ("MS", "%g"), ("Month", "%B"), ("Mon", "%b"), ("Day", "%A"), ("Dy", "%a"),
)  # fmt: skip


def load_dump(connection: duckdb.DuckDBPyConnection, file: Path) -> dict[str, TableSchema]:
    """Run the dump; what it declares, by lower-case table, which is not all created. ValueError names the first statement that fails, and its line."""
    text = file.read_text(encoding="utf-8-sig")
    with told_as_mysql(text):
        return _load(connection, text)


def _load(connection: duckdb.DuckDBPyConnection, text: str) -> dict[str, TableSchema]:
    connection.execute("CREATE SCHEMA IF NOT EXISTS public; SET search_path = 'main,public'")
    try:
        statements = split_statements(text, dialect="postgres")
    except SqlglotError as error:
        raise ValueError(f"is not readable as SQL: {error}") from None
    connection.execute(_to_char_macro())
    declared: dict[str, TableSchema] = {}
    position = 0
    for statement in statements:
        position = text.index(statement, position)
        if _MAY_DECLARE.match(statement):
            note_constraints(statement, declared)
        if not _IGNORED.match(statement):
            _load_statement(connection, statement, line=text.count("\n", 0, position) + 1)
        position += len(statement)
    connection.execute("DROP MACRO main.to_char")
    return declared


def _to_char_macro() -> str:
    """Postgres's to_char(moment, format) for the usual patterns of dates and times, while the dump loads."""
    body = "fmt"
    for pattern, specifier in _TO_CHAR:
        body = f"replace({body}, '{pattern}', strftime(moment::TIMESTAMP, '{specifier}'))"
    return f"CREATE MACRO main.to_char(moment, fmt) AS {body}"


def _load_statement(connection: duckdb.DuckDBPyConnection, statement: str, line: int) -> None:
    if re.match(r"\s*copy\b.*\bfrom\s+stdin", statement, re.IGNORECASE | re.DOTALL):
        raise ValueError(
            f"line {line}: COPY ... FROM stdin is not read; dump with INSERT statements (pg_dump --inserts)"
        )
    try:
        connection.execute(_portable_table(statement))
    except duckdb.Error as first:
        rewritten = _translated(statement)
        if rewritten is None:
            raise ValueError(f"line {line}: {first}") from None
        try:
            connection.execute(rewritten)
        except duckdb.Error:
            raise ValueError(f"line {line}: {first}") from None


def _portable_table(statement: str) -> str:
    """A CREATE TABLE without foreign keys and SERIAL types; any other statement as it is."""
    if not re.match(r"\s*create\s+(temp\w*\s+|unlogged\s+)?table\b", statement, re.IGNORECASE):
        return statement
    try:
        tree = sqlglot.parse_one(statement, dialect="postgres")
    except SqlglotError:
        return statement
    sequences = [_count_up(tree, column) for column in tree.find_all(exp.ColumnDef)]
    for node in list(tree.find_all(*_FOREIGN)):
        holder = node.parent if isinstance(node.parent, exp.ColumnConstraint | exp.Constraint) else node
        holder.pop()
    return ";".join([*filter(None, sequences), tree.sql(dialect="duckdb")])


def _count_up(table: exp.Expr, column: exp.ColumnDef) -> str:
    """Turn a SERIAL column into an integer with a sequence as its default; the statement that creates the sequence, or ''."""
    kind = column.args.get("kind")
    plain = _SERIALS.get(kind.this.name if isinstance(kind, exp.DataType) else "")
    if plain is None:
        return ""
    owner = table.find(exp.Table)
    sequence = f"{owner.name if owner else ''}_{column.name}_seq"
    column.set("kind", exp.DataType.build(plain))
    default = exp.DefaultColumnConstraint(
        this=exp.Anonymous(this="nextval", expressions=[exp.Literal.string(f'main."{sequence}"')])
    )
    column.append("constraints", exp.ColumnConstraint(kind=default))
    return f'CREATE SEQUENCE IF NOT EXISTS main."{sequence}"'


def _translated(statement: str) -> str | None:
    try:
        return sqlglot.transpile(
            statement, read="postgres", write="duckdb", unsupported_level=ErrorLevel.RAISE
        )[0]
    except (SqlglotError, RecursionError):
        return None
